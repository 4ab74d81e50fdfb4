"""What a recorded run says of a message that differs, word for word."""

import pytest

from snippets.language_models.agents import replay


def test_a_replay_tells_which_message_differs_and_where_the_recording_ends():
    recorded = [{"role": "user", "content": "read"}, {"role": "assistant", "content": "done"}]
    model = replay(recorded)
    assert model(recorded[:1]) == recorded[1]
    with pytest.raises(ValueError, match=r"^message 1 differs: \{.*'other'\} instead of \{.*'done'\}$"):
        model([recorded[0], {"role": "assistant", "content": "other"}])
    with pytest.raises(ValueError, match=r"^the recording ends after 2 messages$"):
        model(recorded)
