/* SPDX-License-Identifier: MIT */

/*
 * The system's descriptors to wait at, under GenMC: how often each was raised.
 * As for the futex, no order of memory comes with it.
 */

#include "client.h"
#include "client_fd.h"
#include "os/os.h"

static uint32_t raised[CLIENT_THREADS], descriptors;

int weft__os_signal_fd(void)
{
    return (int)weft__fetch_add_relaxed(&descriptors, 1);
}

void weft__os_signal_fd_raise(int fd)
{
    weft__fetch_add_relaxed(&raised[fd], 1);
}

void weft__os_signal_fd_lower(int fd)
{
    weft__store_relaxed(&raised[fd], 0);
}

void weft__os_signal_fd_close(int fd)
{
    weft__os_signal_fd_lower(fd);
}

bool client_is_up(int descriptor)
{
    return weft__load_relaxed(&raised[descriptor]) != 0;
}
