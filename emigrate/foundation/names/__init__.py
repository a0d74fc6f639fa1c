"""Names of persons: one normal form over spellings and scripts, blinded search keys, ranking."""

from emigrate.foundation.names.keys import AskedWord, name_keys, query_keys
from emigrate.foundation.names.normal import name_words
from emigrate.foundation.names.ranking import rank

__all__ = ["AskedWord", "name_keys", "name_words", "query_keys", "rank"]
