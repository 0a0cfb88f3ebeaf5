"""Server-sent events and JSON Lines by FastAPI's StreamingResponse, from async generators."""
import asyncio
import json
import os

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

EVENTS = int(os.environ["EVENTS"])
LINES = int(os.environ["LINES"])

app = FastAPI()


async def event_items():
    for number in range(EVENTS):
        data = json.dumps({"symbol": "ACME", "price": number / 100}, separators=(",", ":"))
        yield f"event: price\nid: {number}\ndata: {data}\n\n"


async def heartbeats():
    while True:
        await asyncio.sleep(1)
        yield ":\n\n"


async def rows():
    for number in range(LINES):
        yield json.dumps({"id": number, "name": f"product {number}", "price": number / 100}) + "\n"


@app.get("/events")
async def events():
    return StreamingResponse(event_items(), media_type="text/event-stream")


@app.get("/idle")
async def idle():
    return StreamingResponse(heartbeats(), media_type="text/event-stream")


@app.get("/lines")
async def lines():
    return StreamingResponse(rows(), media_type="application/jsonl")
