/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/**
 * From now on no thread of this process can run another program, look into another process, mount,
 * load code into the kernel, change who it is, set the clock or open sockets of rare families: such
 * calls fail with EPERM. To be called when the link is up, because the userspace WireGuard is a
 * program.
 */
gboolean wl_syscall_filter_load(GError **error);
