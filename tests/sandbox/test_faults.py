"""What goes wrong on purpose, seen by a real client."""

from threading import Event

import pytest
import requests

from setlist.sandbox.faults import PREFIXES, Fault, Strike
from tests.sandbox.caller import NAMED, Caller


def _url(caller: Caller, mbid: str) -> str:
    return f"{caller.running.url}/musicbrainz/ws/2/artist/{mbid}?fmt=json"


@pytest.mark.parametrize("status", [500, 502, 404])
def test_any_status_can_be_sent(caller: Caller, benchmark_mbid: str, status: int) -> None:
    caller.switch(provider="musicbrainz", kind=f"status:{status}")
    answer = caller.musicbrainz(f"artist/{benchmark_mbid}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_throttle_has_the_providers_form_and_the_wished_delay(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="setlistfm", kind="429")
    caller.switch(provider="spotify", kind="429:52531", endpoint="artist")
    assert "Retry-After" not in caller.setlistfm(f"artist/{benchmark_mbid}").headers
    answer = caller.spotify(f"artists/{caller.spotify_id()}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "52531")


@pytest.mark.parametrize("provider", PREFIXES)
@pytest.mark.parametrize(("kind", "delay"), [("429:none", None), ("429:1", "1"), ("429:46800", "46800")])
def test_every_provider_can_name_any_delay_or_none(
    caller: Caller, benchmark_mbid: str, provider: str, kind: str, delay: str | None
) -> None:
    caller.switch(provider=provider, kind=kind)
    answer = caller.plain(f"{PREFIXES[provider]}/artist/{benchmark_mbid}")
    assert answer.status_code == (503 if provider == "musicbrainz" else 429)
    assert answer.headers.get("Retry-After") == delay


class Waits(Event):
    """Time that passes at once, and is remembered."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.all.append(timeout or 0)
        return self.is_set()


@pytest.mark.parametrize(
    ("kind", "drops", "wait"),
    [
        ("slow", [b"a", b"b", b"c", b"d", b"e", b"f"], 1.0),
        ("slow:2", [b"a", b"b", b"c", b"d", b"e", b"f"], 0.5),
        ("slow:16", [b"abcd", b"ef"], 0.25),
    ],
)
def test_a_slow_answer_has_its_speed(kind: str, drops: list[bytes], wait: float) -> None:
    waits = Waits()
    assert list(Strike(kind, waits).drip(b"abcdef")) == drops
    assert waits.all == [wait] * len(drops)


def test_the_premium_complaint_is_no_json(caller: Caller) -> None:
    caller.switch(provider="spotify", kind="premium", endpoint="artist")
    answer = caller.spotify(f"artists/{caller.spotify_id()}")
    assert answer.status_code == 403
    assert answer.text.startswith("Active premium subscription required")


def test_a_timeout_says_nothing_at_all(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="timeout")
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(_url(caller, benchmark_mbid), headers=NAMED, timeout=0.3)


def test_a_slow_answer_drips(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="slow")
    with requests.get(_url(caller, benchmark_mbid), headers=NAMED, timeout=5, stream=True) as answer:
        assert len(answer.raw.read1()) == 1 < int(answer.headers["Content-Length"])


@pytest.mark.parametrize("kind", ["slow:1000000", "truncated", "huge", "garbage", "wrong_types"])
def test_of_an_answer_that_is_known_already_the_whole_is_spoilt(caller: Caller, kind: str) -> None:
    path, headers = f"spotify/v1/artists/{caller.spotify_id()}", {"Authorization": f"Bearer {caller.token()}"}
    tag = caller.plain(path, headers).headers["ETag"]
    caller.switch(provider="spotify", kind=kind)
    url = f"{caller.running.url}/{path}"
    conditional = headers | {"If-None-Match": tag}
    with requests.get(url, headers=conditional, timeout=5, stream=True) as answer:
        assert answer.status_code == 200
        assert answer.raw.read1()
        assert ("ETag" in answer.headers) == (kind in {"slow:1000000", "truncated"})


def test_a_truncated_body_ends_early(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="truncated")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        requests.get(_url(caller, benchmark_mbid), headers=NAMED, timeout=5)


def test_a_huge_body_does_not_say_its_size(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="huge")
    with requests.get(_url(caller, benchmark_mbid), headers=NAMED, timeout=5, stream=True) as answer:
        assert "Content-Length" not in answer.headers
        read = 0
        for chunk in answer.iter_content(1_000_000):
            read += len(chunk)
            if read > 10_000_000:
                break
        assert read > 10_000_000


def test_garbage_claims_to_be_json(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="garbage")
    answer = caller.musicbrainz(f"artist/{benchmark_mbid}")
    assert answer.headers["Content-Type"].startswith("application/json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_wrong_types_are_json_of_another_kind(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="setlistfm", kind="wrong_types")
    page = caller.setlistfm(f"artist/{benchmark_mbid}/setlists").json()
    assert isinstance(page["type"], int)
    assert isinstance(page["setlist"], dict)
    assert page["page"] is None


def test_a_redirect_loop_never_ends(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="redirect_loop")
    with pytest.raises(requests.exceptions.TooManyRedirects):
        requests.get(_url(caller, benchmark_mbid), headers=NAMED, timeout=5)


def test_an_error_may_hide_in_a_success(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="error_in_200")
    answer = caller.musicbrainz(f"artist/{benchmark_mbid}")
    assert answer.status_code == 200
    assert answer.json()["error"]["code"] == 4


def test_a_share_of_the_answers_is_hit_and_the_same_share_each_time(
    caller: Caller, benchmark_mbid: str
) -> None:
    runs = []
    for _ in range(2):
        caller.switch(faults=[{"provider": "musicbrainz", "kind": "status:500", "share": 0.4, "seed": 3}])
        runs.append([caller.musicbrainz(f"artist/{benchmark_mbid}").status_code for _ in range(30)])
    assert runs[0] == runs[1]
    assert 4 < runs[0].count(500) < 22


def test_a_fault_can_end_after_some_times(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="musicbrainz", kind="status:500", times=2)
    statuses = [caller.musicbrainz(f"artist/{benchmark_mbid}").status_code for _ in range(4)]
    assert statuses == [500, 500, 200, 200]


def test_other_providers_are_not_hit(caller: Caller, benchmark_mbid: str) -> None:
    caller.switch(provider="spotify", kind="status:500")
    assert caller.musicbrainz(f"artist/{benchmark_mbid}").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "explosion"},
        {"kind": "status:lots"},
        {"kind": "slow:0"},
        {"kind": "status:600"},
        {"kind": "status:99"},
        {"provider": "nobody"},
        {"share": 0.0},
        {"share": 2.0},
    ],
)
def test_an_impossible_fault_is_refused(wrong: dict[str, object]) -> None:
    wanted: dict[str, object] = {"provider": "spotify", "kind": "slow"} | wrong
    with pytest.raises(ValueError, match="must be"):
        Fault(**wanted)  # type: ignore[arg-type]
