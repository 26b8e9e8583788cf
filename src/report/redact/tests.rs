use super::scan::secrets;
use super::{MASK, Redactor};
use crate::input::Format;
use crate::provenance::Provenance;
use crate::source::Sources;

/// Fifty secrets, each spelt so that nothing else in these texts resembles it.
const PLANTED: &[(&str, &str)] = &[
    ("deploy.yaml", "env:\n- name: DB_PASSWORD\n  value: plant01-a\n- name: PORT\n  value: \"8080\"\n"),
    ("flow.yaml", "env: [{name: JWT_SECRET, value: plant02-b}, {value: 'plant03-c', name: API_TOKEN}]\n"),
    ("reverse.yaml", "env:\n  - value: \"plant04-d\"\n    name: SESSION_SECRET\n"),
    ("secret.yaml", "kind: Secret\nstringData:\n  username: plant05-e\n  config: plant06-f\n"),
    ("block.yaml", "password: |\n  plant07-g\n  plant08-h\nport: 80\n"),
    (
        "compose.yaml",
        "environment:\n  - POSTGRES_PASSWORD=plant09-i\n  API_KEY: ${API_KEY:-plant10-j}\n  SENTRY_DSN: 'plant11-k'\n",
    ),
    (
        "url.yaml",
        "url: postgres://app:plant12-l@db:5432/app\nfallback: ${U:-redis://:plant13-m@cache:6379}\n",
    ),
    ("run.yaml", "run: |\n  gcloud run deploy x --set-env-vars=A=1,DB_PASSWORD=plant14-n,B=2\n"),
    (
        "a.json",
        "{\"password\": \"plant15-o\", \"env\": [{\"name\": \"JWT_SECRET\", \"value\": \"plant16-p\"}]}",
    ),
    ("b.json", "{\n  \"name\": \"DB_PASSWORD\",\n  \"value\": \"plant17-q\"\n}\n"),
    ("c.json", "{\"command\": [\"--db-password\", \"plant18-r\", \"--token=plant19-s\"]}"),
    (
        "Dockerfile",
        "ENV DB_PASSWORD=plant20-t A=1\nENV API_TOKEN plant21-u\nARG SECRET_KEY=\"plant22-v\"\nRUN curl -u admin:plant23-w https://x\n",
    ),
    (".env", "export JWT_SECRET=plant24-x\nDB_PASSWORD='plant25-y z'\nPLAIN=ok\nSTRIPE_KEY=plant26-z\n"),
    (
        "a.sh",
        "export DB_PASSWORD=plant27-a\nTOKEN=\"plant28-b\"\n: \"${SECRET_KEY:=plant29-c}\"\ndocker run -e API_KEY=plant30-d -e PORT=80 x\n",
    ),
    (
        "b.sh",
        "docker login -u me -p plant31-e ghcr.io\nsshpass -p 'plant32-f' ssh x\nmysql --password plant33-g\nX=${DB_PASSWORD-plant34-h}\n",
    ),
    (
        "c.sh",
        "gcloud run deploy a \\\n  --set-env-vars \"ENVIRONMENT=staging,JWT_SECRET=plant35-i,PORT=8000\" \\\n  --update-env-vars ^@^A=1@SECRET_KEY=plant36-j\n",
    ),
    (
        "a.py",
        "DB_PASSWORD = \"plant37-k\"\nos.environ['API_TOKEN'] = 'plant38-l'\nkey = os.getenv(\"SECRET_KEY\", \"plant39-m\")\n",
    ),
    (
        "b.py",
        "connect(user='x', password='plant40-n')\nenv = {\"JWT_SECRET\": \"plant41-o\", \"PORT\": \"8000\"}\npassword: str = \"plant42-p\"\n",
    ),
    (
        "c.py",
        "cmd = [\"--set-env-vars\", f\"A={a},DB_PASSWORD=plant43-q,B=2\"]\n# old: DB_PASSWORD=plant44-r\nif password == \"plant45-s\": pass\n",
    ),
    (
        "shapes.txt",
        "AKIAPLANT46ABCDEFGHI ghp_plant47abcdefghijklmnop sk-plant48abcdefghijklmn xoxb-plant49-abcdefg\n",
    ),
    ("key.pem", "-----BEGIN RSA PRIVATE KEY-----\nMIIEplant50\n-----END RSA PRIVATE KEY-----\n"),
];

#[test]
fn fifty_planted_secrets_are_masked_in_every_format() {
    let mut left: Vec<String> = Vec::new();
    let mut planted = 0;
    for (path, text) in PLANTED {
        planted += text.matches("plant").count() + text.matches("PLANT").count();
        let ranges = secrets(text, Format::of_path(path));
        let shown = super::replace(text, &ranges).to_lowercase();
        left.extend(
            shown.lines().filter(|line| line.contains("plant")).map(|line| format!("{path}: {line}")),
        );
    }
    assert_eq!(planted, 50);
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn what_is_no_secret_stays_readable() {
    for (path, text) in [
        ("a.yaml", "secretKeyRef:\n  name: db-secret\n  key: password\n"),
        (
            "a.yaml",
            "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef: {name: db, key: password}\n- name: PORT\n  value: \"8080\"\n",
        ),
        ("a.sh", "--set-secrets=JWT_SECRET=jwt-secret-staging:latest,DB_PASSWORD=db-password:3\n"),
        ("a.sh", "TOKEN=$(gcloud auth print-access-token)\nDB_PASSWORD=\"$DB_PASSWORD\"\nSECRET=${SECRET}\n"),
        ("a.sh", "export PWD=/app PORT=8000 TOKEN_TTL=3600 SECRET_NAME=jwt\n"),
        ("a.yaml", "token: ${{ secrets.GITHUB_TOKEN }}\npassword: {{ .Values.password }}\n"),
        ("a.yaml", "uses: actions/checkout@b4ffde65f46336ab88eb53be808477a3936bae11\n"),
        ("a.yaml", "image: nginx@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"),
        ("a.py", "def login(password: str, token: Optional[str] = None): pass\n"),
        ("a.py", "connect(password=password, key=load_key())\nrequired = [\"JWT_SECRET\", \"SECRET_KEY\"]\n"),
        ("a.py", "memory = \"512Mi\" if self.use_alpine else \"4Gi\"\nbypass = \"true\"\n"),
        ("Dockerfile", "ARG NPM_TOKEN\nENV PATH=/app NODE_ENV=production\n"),
    ] {
        let ranges = secrets(text, Format::of_path(path));
        assert_eq!(super::replace(text, &ranges), text);
    }
}

#[test]
fn a_secret_of_a_file_is_masked_in_messages_and_a_common_word_only_beside_its_name() {
    let mut sources = Sources::new();
    let id = sources.add("a.env", "DB_PASSWORD=hunter2!\nADMIN_PASSWORD=postgres\n");
    let redactor = Redactor::new(&sources, &Provenance::new(), None, [id]);
    assert_eq!(redactor.text("it says hunter2! here"), format!("it says {MASK} here"));
    assert_eq!(redactor.text("image postgres:15"), "image postgres:15");
    assert_eq!(redactor.text("ADMIN_PASSWORD is postgres"), format!("ADMIN_PASSWORD is {MASK}"));
    assert_eq!(redactor.value_of("deployment.env.DB_PASSWORD.value", "abc"), MASK);
    assert!(redactor.is_secret(id, 13) && !redactor.is_secret(id, 3));
}
