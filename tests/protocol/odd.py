"""JSON of any shape, made of the words that readers look for."""

from hypothesis import strategies as st

WORDS = st.sampled_from(
    [
        *(
            "type",
            "session",
            "response",
            "item",
            "role",
            "content",
            "part",
            "usage",
            "status_details",
            "output",
            "input",
        ),
        *("audio", "voice", "modalities", "turn_detection", "input_audio_format", "output_audio_format", "tools"),
        *("function", "name", "output_modalities", "max_response_output_tokens", "format", "model"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
