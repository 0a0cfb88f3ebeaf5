"""FastAPI's StreamingResponse: a file read in its generator, as its documentation shows it."""
import os

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

CHUNK = 64 * 1024
PATH = os.path.join(os.environ["DIRECTORY"], "10m.bin")

app = FastAPI()


def chunks():
    with open(PATH, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


async def async_chunks():
    with open(PATH, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


@app.get("/sync-generator")
def sync_generator():
    return StreamingResponse(chunks(), media_type="application/octet-stream")


@app.get("/async-generator")
async def async_generator():
    return StreamingResponse(async_chunks(), media_type="application/octet-stream")
