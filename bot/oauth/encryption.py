"""Tokens are kept sealed: what is stored cannot be read without the keys that the environment has (decision 021)."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from ledger.errors import LedgerError

_MAKE_ONE = "Make one with: ccm tokens key"


class TokenKeysError(LedgerError):
    """CCM_TOKEN_KEYS does not open what is stored, or holds what is no key. It never quotes a key."""


def new_key() -> str:
    """Return a new key for CCM_TOKEN_KEYS."""
    return Fernet.generate_key().decode()


class Seal:
    """Seals with the first key, opens with any of them."""

    def __init__(self, keys: str) -> None:
        """``keys`` has commas between several; raises ``TokenKeysError`` saying which of them is no key."""
        words = [word.strip() for word in keys.split(",") if word.strip()]
        if not words:
            raise TokenKeysError("TOKEN_KEYS", "CCM_TOKEN_KEYS holds no key.", _MAKE_ONE)
        self._keys = [_fernet(word, number) for number, word in enumerate(words, start=1)]
        self._all = MultiFernet(self._keys)

    def seal(self, secret: str) -> str:
        """Return ``secret``, sealed with the first key."""
        return self._keys[0].encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Return what was sealed.

        Raises:
            TokenKeysError: Where none of the keys opens it.
        """
        try:
            return self._all.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise TokenKeysError(
                "TOKEN_KEYS_WRONG",
                "A stored Slack token cannot be opened with the keys in CCM_TOKEN_KEYS.",
                "Whoever runs the bot adds the key with which it was sealed at the end of CCM_TOKEN_KEYS, "
                "or installs the app in the workspace again.",
            ) from error

    def has_first_key(self, sealed: str) -> bool:
        """Return whether the first key opens it."""
        try:
            self._keys[0].decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True


def _fernet(word: str, number: int) -> Fernet:
    try:
        return Fernet(word)
    except ValueError:
        # Neither the key nor the words of the library, which may quote it, are shown or kept.
        raise TokenKeysError(
            "TOKEN_KEYS", f"CCM_TOKEN_KEYS: number {number} is not a key.", f"A key has 44 characters. {_MAKE_ONE}"
        ) from None


class Sealed(TypeDecorator[str]):
    """A column whose text is sealed in the database and open in the program."""

    impl = Text
    cache_ok = True

    def __init__(self, seal: Seal) -> None:
        """``seal`` has the keys."""
        super().__init__()
        self.seal = seal

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the sealed text."""
        return None if value is None else self.seal.seal(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - the same
        """Return the open text.

        Raises:
            TokenKeysError: Where no key opens it.
        """
        return None if value is None else self.seal.open(value)
