/* SPDX-License-Identifier: MIT */
#ifndef WEFT_MODEL_STRESS_H
#define WEFT_MODEL_STRESS_H

/* Included before each file of a client that is a stress test. */

#include <sched.h>

#define CLIENT_BOUNDED 0

#define client_loop() ((void)0)
#define client_look() ((void)0)
#define client_look_again() sched_yield()

#endif
