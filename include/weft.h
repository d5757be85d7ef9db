/* SPDX-License-Identifier: MIT */
#ifndef WEFT_H
#define WEFT_H

/* All of weft: Python's threading, queue and concurrent.futures, for C. */

#include "weft/barrier.h"
#include "weft/base.h"
#include "weft/cache.h"
#include "weft/condition.h"
#include "weft/diagnostics.h"
#include "weft/event.h"
#include "weft/future.h"
#include "weft/latch.h"
#include "weft/local.h"
#include "weft/lock.h"
#include "weft/once.h"
#include "weft/parallel.h"
#include "weft/pool.h"
#include "weft/queue.h"
#include "weft/rlock.h"
#include "weft/rwlock.h"
#include "weft/semaphore.h"
#include "weft/thread.h"
#include "weft/timer.h"
#include "weft/version.h"
#include "weft/with.h"

#endif
