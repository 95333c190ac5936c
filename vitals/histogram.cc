#include "vitals/histogram.h"
