/* SPDX-License-Identifier: MIT */

/* The example that takes over a terminal, on a terminal. */

#include "support.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int terminal; /* the end that a person would sit at */
static struct termios at_first;
static char screen[65536];
static size_t length;

static pid_t start_program(void)
{
    terminal = posix_openpt(O_RDWR | O_NOCTTY);
    ck_assert_int_ge(terminal, 0);
    ck_assert_int_eq(grantpt(terminal) | unlockpt(terminal), 0);
    int other_end = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    ck_assert_int_eq(tcgetattr(other_end, &at_first), 0);
    length = 0;
    pid_t child = fork();
    if (child == 0) {
        setsid();
        ioctl(other_end, TIOCSCTTY, 0);
        for (int fd = 0; fd <= 2; fd++)
            dup2(other_end, fd);
        execl(RESPONSIVE_UI, RESPONSIVE_UI, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_gt(child, 0);
    return child; /* and keep the other end open, to ask for its settings */
}

static void read_until(const char *text)
{
    while (strstr(screen, text) == NULL) {
        struct pollfd source = {.fd = terminal, .events = POLLIN};
        ck_assert_msg(poll(&source, 1, 30000) == 1, "no \"%s\"", text);
        ssize_t got =
            read(terminal, screen + length, sizeof screen - 1 - length);
        ck_assert_msg(got > 0, "ended before \"%s\"", text);
        length += (size_t)got;
        screen[length] = '\0';
    }
}

static void press(const char *key)
{
    ck_assert_int_eq(write(terminal, key, 1), 1);
}

static void assert_restored(void)
{
    struct termios now;
    ck_assert_int_eq(tcgetattr(terminal, &now), 0);
    ck_assert_uint_eq(now.c_lflag, at_first.c_lflag);
    ck_assert_uint_eq(now.c_iflag, at_first.c_iflag);
    ck_assert_uint_eq(now.c_oflag, at_first.c_oflag);
}

static int end_of(pid_t child)
{
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(a_key_is_answered_and_q_stops)
{
    pid_t child = start_program();
    read_until("last key:");
    press("x");
    read_until("last key: x");
    press("q");
    read_until("stopped");
    ck_assert_int_eq(end_of(child), 0);
    assert_restored();
}
END_TEST

START_TEST(ctrl_c_stops_and_restores)
{
    pid_t child = start_program();
    read_until("last key:");
    press("\003");
    read_until("stopped");
    ck_assert_int_eq(end_of(child), 128 + SIGINT);
    assert_restored();
}
END_TEST

START_TEST(it_runs_to_its_end)
{
    pid_t child = start_program();
    read_until("100 %");
    read_until("done");
    ck_assert_int_eq(end_of(child), 0);
    assert_restored();
}
END_TEST

START_TEST(a_terminal_that_is_gone_stops)
{
    pid_t child = start_program();
    read_until("last key:");
    close(terminal);
    int code = end_of(child); /* by what it sees first */
    ck_assert(code == 0 || code == 128 + SIGHUP);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_key_is_answered_and_q_stops,
        ctrl_c_stops_and_restores,
        it_runs_to_its_end,
        a_terminal_that_is_gone_stops,
    };
    return RUN_TESTS("responsive_ui", tests);
}
