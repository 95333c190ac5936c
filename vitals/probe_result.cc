#include "vitals/probe_result.h"
