"""What schemathesis needs to know to ask this API."""
import schemathesis

# A piece of an upload is bytes like any others.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
