#include "probe/era_cache.h"
