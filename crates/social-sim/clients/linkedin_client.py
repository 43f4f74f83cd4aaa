"""LinkedIn's own Python client (linkedin-api-client) against the simulated Rest.li API."""

import json
import sys
import urllib.request

from linkedin_api.clients.auth.client import AuthClient
from linkedin_api.clients.restli.client import RestliClient
from linkedin_api.common import constants

BASE = sys.argv[1].rstrip("/")
constants.OAUTH_BASE_URL = f"{BASE}/linkedin/oauth/v2"
constants.VERSIONED_BASE_URL = f"{BASE}/linkedin-api/rest"
constants.NON_VERSIONED_BASE_URL = f"{BASE}/linkedin-api/v2"
VERSION = "202609"


def sim(path, body=None):
    data = None if body is None else json.dumps(body).encode()
    return json.load(urllib.request.urlopen(urllib.request.Request(f"{BASE}/__sim/{path}", data)))


def passed(what):
    print(f"  passed  {what}")


urns = [a["id"] for a in sim("accounts")["accounts"] if a["platform"] == "linkedin"]
member = next(urn for urn in urns if ":person:" in urn)
organization = next(urn for urn in urns if ":organization:" in urn)
token = sim("grant", {"platform": "linkedin", "account": member})["access_token"]
client = RestliClient()

told = AuthClient("sim-app", "sim-secret").introspect_access_token(token)
assert told.active
passed("introspection")
me = client.get(resource_path="/userinfo", access_token=token)
assert member.endswith(me.entity["sub"])
passed("userinfo")


def post(author, text, **content):
    return client.create(
        resource_path="/posts",
        entity={
            "author": author,
            "commentary": text,
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
            **content,
        },
        version_string=VERSION,
        access_token=token,
    )


made = post(organization, "From Python")
assert made.status_code == 201 and made.decoded_entity_id.startswith("urn:li:share:")
passed("a post, whose id comes in a header alone")
again = post(organization, "From Python")
assert again.status_code == 422 and made.decoded_entity_id in again.response.text
passed("the same post again, which names the first")
read = client.get(
    resource_path="/posts/{id}",
    path_keys={"id": made.decoded_entity_id},
    version_string=VERSION,
    access_token=token,
)
assert read.entity["author"] == organization
passed("reading by an encoded URN")
found = client.finder(
    resource_path="/posts",
    finder_name="author",
    query_params={"author": organization, "count": 10},
    version_string=VERSION,
    access_token=token,
)
assert any(row["id"] == made.decoded_entity_id for row in found.elements)
passed("a finder")
slot = client.action(
    resource_path="/images",
    action_name="initializeUpload",
    action_params={"initializeUploadRequest": {"owner": organization}},
    version_string=VERSION,
    access_token=token,
)
assert slot.value["image"].startswith("urn:li:image:")
passed("an action")
changed = client.partial_update(
    resource_path="/posts/{id}",
    path_keys={"id": made.decoded_entity_id},
    patch_set_object={"commentary": "From Python, again"},
    version_string=VERSION,
    access_token=token,
)
assert changed.status_code == 204
passed("a partial update")
gone = client.delete(
    resource_path="/posts/{id}",
    path_keys={"id": made.decoded_entity_id},
    version_string=VERSION,
    access_token=token,
)
assert gone.status_code == 204
passed("a deletion")
old = client.get(
    resource_path="/posts/{id}",
    path_keys={"id": "urn:li:share:1"},
    version_string="202401",
    access_token=token,
)
assert old.status_code == 426
passed("a version that has ended")
