# Aliases only: everything real is in ./run, ./test and python -m bench.
.PHONY: run test bench messages lock

run:
	./run

test:
	./test

bench:
	.venv/bin/python -m bench

messages:
	.venv/bin/python manage.py makemessages -l de --no-obsolete --add-location file --ignore .venv --ignore var --ignore tests --ignore bench

LOCK = .venv/bin/python -m uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links
lock:
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) --no-deps deploy/locks/redis.in -o deploy/locks/redis.txt
	$(LOCK) deploy/locks/uv.in -o deploy/locks/uv.txt
