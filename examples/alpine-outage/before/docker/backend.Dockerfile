FROM python:3.12-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
EXPOSE 8000
CMD gunicorn app.main:app --workers 4 --bind 0.0.0.0:${PORT:-8000}
