/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * Refuses all threads, for good, the system calls that the running service does not need
 * (wl-syscall-list.h), and of the others what arguments rule out: processes and namespaces, memory
 * that is writable and executable, sockets of unusual families. Refused calls are in the kernel's
 * log. Call this when the link is up, because userspace WireGuard is a program of its own, and
 * before datagrams of members are read.
 */
gboolean wl_syscall_filter_load(GError **error);
/** The same; a failure is the limitation "syscall-filter". */
void wl_syscall_filter_enforce(void);
