/* All of the runtime for guests. */
#ifndef LODGE_LODGE_H
#define LODGE_LODGE_H

#include <lodge/guest.h>
#include <lodge/log.h>
#include <lodge/memory.h>
#include <lodge/text.h>
#include <lodge/values.h>

#endif
