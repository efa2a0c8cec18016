/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/* What is lost without the filter, for messages. */
#define WL_SYSCALL_FILTER_LOST "the service may make any system call"

/**
 * Makes system calls fail with EPERM in all threads that execute programs, access other processes,
 * mount, load code into the kernel, change credentials, set the clock or open sockets of unusual
 * families. Call this when the link is up, because userspace WireGuard is a program of its own.
 */
gboolean wl_syscall_filter_load(GError **error);
