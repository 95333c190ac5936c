#include "exporter/http.h"
