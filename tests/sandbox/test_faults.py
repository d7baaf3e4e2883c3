"""What goes wrong on purpose, seen by a real client."""

import pytest
import requests

from setlist.sandbox.faults import Fault, Faults
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


def test_a_throttle_can_say_nothing_about_when_to_come_back(caller: Caller) -> None:
    caller.switch(provider="spotify", kind="429:none", endpoint="artist")
    answer = caller.spotify(f"artists/{caller.spotify_id()}")
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers


def test_a_slow_answer_comes_byte_by_byte_and_as_fast_as_wished() -> None:
    faults = Faults()
    faults.stopping.set()  # no waits here: only what each drop holds
    assert list(faults.drip(b"abc", 1)) == [b"a", b"b", b"c"]
    assert list(faults.drip(b"abcdef", 16)) == [b"abcd", b"ef"]


def test_a_byte_a_second_is_a_byte_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    faults, waited = Faults(), list[float]()
    monkeypatch.setattr(faults.stopping, "wait", waited.append)
    list(faults.drip(b"abc", 1))
    assert waited == [1.0, 1.0, 1.0]
    waited.clear()
    list(faults.drip(b"x" * 1_000, 100))
    assert sum(waited) == pytest.approx(10)


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
