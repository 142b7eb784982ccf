"""What a Granian worker loads: the reader, with the settings that its parent handed on."""

from kawaraban.delivery.reader import Reader
from kawaraban.delivery.settings import handed_on

app = Reader(handed_on())
