"""Facebook's own Python SDK (facebook-business) against the simulated Graph."""

import json
import sys
import urllib.request

from facebook_business.api import FacebookAdsApi
from facebook_business.adobjects.iguser import IGUser
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

BASE, PICTURE = sys.argv[1].rstrip("/"), sys.argv[2]


def grant(platform, account):
    body = json.dumps({"platform": platform, "account": account}).encode()
    request = urllib.request.Request(f"{BASE}/__sim/grant", body, method="POST")
    return json.load(urllib.request.urlopen(request))["access_token"]


def accounts():
    return json.load(urllib.request.urlopen(f"{BASE}/__sim/accounts"))["accounts"]


def passed(what):
    print(f"  passed  {what}")


FacebookSession.GRAPH = f"{BASE}/graph"
of = {a["platform"]: a["id"] for a in accounts()}
api = FacebookAdsApi.init("sim-app", "sim-secret", grant("facebook", of["facebook"]), crash_log=False)

page = Page(of["facebook"])
assert page.api_get(fields=["name"])["name"]
passed("page fields, signed with appsecret_proof")
post = page.create_feed(params={"message": "From Python", "published": False})
assert PagePost(post["id"]).api_get(fields=["is_published"])["is_published"] is False
PagePost(post["id"]).api_update(params={"is_published": True})
assert PagePost(post["id"]).api_get(fields=["is_published"])["is_published"] is True
passed("a post made unseen, then shown")
photo = page.create_photo(params={"url": PICTURE, "published": False})
story = api.call("POST", (of["facebook"], "photo_stories"), params={"photo_id": photo["id"]}).json()
assert story["success"] and story["post_id"]
stories = page.get_stories()
assert any(str(row["post_id"]) == str(story["post_id"]) for row in stories)
passed("a photo, a story of it, the list of stories")
PagePost(post["id"]).create_comment(params={"message": "First"})
passed("a comment")
assert PagePost(post["id"]).get_insights(params={"metric": ["post_media_view"]}) is not None
passed("numbers of a post")
PagePost(post["id"]).api_delete()
passed("a post deleted")
try:
    Page("1").api_get()
    raise SystemExit("a page that does not exist was found")
except FacebookRequestError as error:
    assert error.api_error_code() == 100 and error.api_error_subcode() == 33
passed("errors are read by code and subcode")

api = FacebookAdsApi.init("sim-app", "sim-secret", grant("instagram", of["instagram"]), crash_log=False)
account = IGUser(of["instagram"])
container = account.create_media(params={"image_url": PICTURE, "caption": "From Python"})
for _ in range(20):
    status = api.call("GET", (container["id"],), params={"fields": "status_code"}).json()
    if status["status_code"] != "IN_PROGRESS":
        break
    import time

    time.sleep(0.5)
media = account.create_media_publish(params={"creation_id": container["id"]})
assert any(row["id"] == media["id"] for row in account.get_media(fields=["caption"]))
passed("an Instagram container, its status, its publishing, the list of media")
limit = account.get_content_publishing_limit(fields=["quota_usage", "config"])
assert limit[0]["quota_usage"] >= 1
passed("the publishing limit")
