"""Playing against an endpoint to see whether it keeps the rules of the API.

`scenes`, `effects` and `probes` say what a client does, as generators; `stage` plays one of them and keeps what
was said; `verdicts` holds that against the rules. All these are pure. `runner` and `dialling` have the sockets. Nothing
here is shown to anybody, and no vendor is named but where its API lacks what a probe is about.
"""
