"""How long the service waits for its database, by environment."""


def database_timeouts(environment: str) -> dict:
    timeouts = {
        "development": {
            "initialization_timeout": 30.0,
            "connection_timeout": 20.0,
            "health_check_timeout": 10.0,
        },
        "staging": {
            "initialization_timeout": 95.0,
            "connection_timeout": 65.0,
            "health_check_timeout": 35.0,
        },
        "production": {
            "initialization_timeout": 90.0,
            "connection_timeout": 60.0,
            "health_check_timeout": 30.0,
        },
    }
    return timeouts[environment]
