/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

/** What may be done below a directory, or with a file. */
typedef enum {
    WL_FILE_ACCESS_WRITE = 1 << 0,   /* write to files that exist */
    WL_FILE_ACCESS_CREATE = 1 << 1,  /* create, rename and remove regular files and sockets */
    WL_FILE_ACCESS_CONTROL = 1 << 2, /* ioctl() of a device */
} WlFileAccess;

typedef struct {
    const char *path;
    WlFileAccess access;
} WlWritablePath;

/**
 * Denies this process and its children, for good, to write, create or remove files elsewhere than
 * in
 * @paths, to listen on TCP ports, to connect to TCP ports other than that of DNS, and to signal
 * processes that are not its children, as far as the kernel's Landlock can (Linux 5.13 and later).
 * Reading and executing files is not restricted, nor is what the process has open. Paths that do
 * not exist are left out. Requires PR_SET_NO_NEW_PRIVS, and that the process has one thread. What
 * is refused is the limitation "file-access".
 */
void wl_file_access_restrict(const WlWritablePath *paths, gsize n);
