"""What to put into the parameters of the addresses of learning, as in tests/rights/examples.py."""

TRAINING_PARAMETERS: dict[str, dict[str, str]] = {
    "training:person_record": {"pk": "agent"},
    "training:skills_check": {"quarter": "=2026-Q1", "agent_id": "agent"},
}
