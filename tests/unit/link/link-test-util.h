/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

#include "wl-link-fake.h"
#include "wl-link.h"

/**
 * Moves this process to new network and mount namespaces, with lo up and an empty /run. Skips the
 * program if that is not permitted, or fails it if CI is set. Call before any thread starts.
 */
void test_enter_namespaces(void);

/** Runs a command line; the test fails if the command does. */
void test_run(const char *command);

/** Runs the main loop until @condition holds; the test fails if that takes over 15 s. */
void test_wait(gboolean (*condition)(gpointer user_data), gpointer user_data);

/**
 * Microseconds of a monotonic clock that stands still while this thread waits for a CPU, so that a
 * difference does not depend on what else the machine does.
 */
gint64 test_clock(void);

/** Dispatches all pending events of the main loop. */
void test_settle(void);

gboolean test_has_link(const char *name);

WlKey test_key(guint number);
WlPrefix test_prefix(const char *text);
WlEndpoint test_endpoint(const char *text);
/** @allowed_ips: separated by blanks, or NULL. @endpoint: or NULL. */
WlPeerChange *test_change(WlPeerChangeKind kind, const WlKey *key, const char *endpoint,
                          const char *allowed_ips);
/** Appends @count different prefixes of both families. @base: selects the range. */
void test_fill_prefixes(GArray *array, guint base, guint count);
/** Both lists contain the same prefixes, in any order. */
void test_assert_same_prefixes(const GArray *a, const GArray *b);
