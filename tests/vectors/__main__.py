"""``python -m tests.vectors``: write every frozen vector again, the PDFs only where they are missing."""

from __future__ import annotations

from tests.vectors import make_case, make_pdfs
from tests.vectors.commitments import FILE, commitments_document
from tests.vectors.make_vectors import FILES, FOLDER, text_of
from tests.vectors.sample import KEYS
from tests.vectors.samples import everything, index_document, keys_document


def main() -> None:
    """Write every file."""
    make_pdfs.main()
    made = everything()
    documents = {name: make() for name, make in FILES.items()}
    documents |= {"index.json": index_document(made), KEYS: keys_document()}
    documents[FILE] = commitments_document()
    for name, document in documents.items():
        (FOLDER / name).write_text(text_of(document), encoding="utf-8")
    for name, data in [*made.files.items(), (make_case.NAME, make_case.case_file())]:
        (FOLDER / name).parent.mkdir(exist_ok=True)
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
