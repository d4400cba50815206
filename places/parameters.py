"""A parameter of an address that cannot be read: what every room says of it, and `web.problems` answers with 400."""

from django.core.exceptions import BadRequest


class ParameterError(BadRequest):
    """A parameter that is unknown, or has a value that does not exist; shown as 400 with both names."""

    def __init__(self, parameter: str, sentence: str) -> None:
        self.parameter = parameter
        self.sentence = sentence
        super().__init__(f"{parameter}: {sentence}")
