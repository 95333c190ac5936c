#include "net/error.h"
