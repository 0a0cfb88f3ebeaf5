"""FastAPI's StreamingResponse over a generator of 64 KiB items, and over the file itself."""
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

CHUNK = 64 * 1024
ITEM = b"generated " * (CHUNK // 10) + b"generated "[: CHUNK % 10]
ITEMS = 160

app = FastAPI()


def items():
    for _ in range(ITEMS):
        yield ITEM


async def async_items():
    for _ in range(ITEMS):
        yield ITEM


@app.get("/sync-generator")
def sync_generator():
    return StreamingResponse(items(), media_type="application/octet-stream")


@app.get("/async-generator")
def async_generator():
    return StreamingResponse(async_items(), media_type="application/octet-stream")
