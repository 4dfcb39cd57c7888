/* What needs SSE. */
#include <lodge/lodge.h>

static float echo_float(float value) { return value; }
LODGE_EXPORT(EchoFloat, echo_float, float, float)

static double echo_double(double value) { return value; }
LODGE_EXPORT(EchoDouble, echo_double, double, double)
