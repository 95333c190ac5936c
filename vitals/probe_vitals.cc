#include "vitals/probe_vitals.h"
