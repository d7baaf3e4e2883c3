"""Jobs as rows: enqueue, dispatch, claim, retry, reap, pause, stats. Knows neither Flask nor Dramatiq."""
