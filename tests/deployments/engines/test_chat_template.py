"""A model brings its chat template, a program in Jinja: as the engine renders it, it reaches nothing."""

from typing import Any

import jinja2.exceptions
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

MESSAGES = [{"role": "user", "content": "hello"}]


def rendered(template: str) -> Any:
    words = Tokenizer(WordLevel({"hello": 0, "[UNK]": 1}, unk_token="[UNK]"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, chat_template=template)
    # The words of `VllmEngine._render`.
    return tokenizer.apply_chat_template(MESSAGES, tokenize=False, add_generation_prompt=True)


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__['os'].popen('id').read() }}",
        "{{ raise_exception.__globals__['__builtins__'] }}",
        "{{ (messages|map(attribute='__class__')|list)[0].__base__.__subclasses__() }}",
        "{{ lipsum['__glo' ~ 'bals__']['os'] }}",
        "{{ ''|attr('__cla' ~ 'ss__')|attr('__mro__') }}",
        "{{ '{0.__class__.__mro__}'.format(messages) }}",
        "{% set _ = messages.append('more') %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
    ],
)
def test_a_template_that_reaches_for_python_is_refused(template: str) -> None:
    try:
        said = rendered(template)
    except (jinja2.exceptions.TemplateError, TypeError):
        return
    # Of what it may not see Jinja also says nothing: an attribute that is not there.
    assert said == ""


def test_one_that_means_well_is_rendered() -> None:
    assert rendered("{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}{% endfor %}") == (
        "<user>hello"
    )
