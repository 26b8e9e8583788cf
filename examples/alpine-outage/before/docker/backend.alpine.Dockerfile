ARG PYTHON=3.12-alpine3.20
FROM python:${PYTHON} AS build
WORKDIR /app
COPY requirements.txt .
RUN pip install --prefix=/install -r requirements.txt

FROM python:${PYTHON}
WORKDIR /app
COPY --from=build /install /usr/local
COPY . .
EXPOSE 8000
CMD gunicorn app.main:app --workers 1 --bind 0.0.0.0:${PORT:-8000}
