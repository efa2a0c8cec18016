/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** The error domain of WlLink and of the kernel settings that belong to a link. */
#define WL_LINK_ERROR (wl_link_error_quark())
typedef enum {
    WL_LINK_ERROR_FAILED,
    WL_LINK_ERROR_EXISTS,       /* the name belongs to an interface of another program */
    WL_LINK_ERROR_NO_WIREGUARD, /* neither the kernel nor a program provides WireGuard */
    WL_LINK_ERROR_GONE,         /* the interface was deleted */
    WL_LINK_ERROR_IN_USE,       /* the listen port is in use */
    WL_LINK_ERROR_PENDING,      /* the result comes later */
} WlLinkError;
GQuark wl_link_error_quark(void);

/**
 * Sets "<format>: <strerror>" in WL_LINK_ERROR. ENODEV and ENXIO become WL_LINK_ERROR_GONE, other
 * values WL_LINK_ERROR_FAILED. @errnum: an errno value, positive or negative.
 */
void wl_link_set_errno(GError **error, int errnum, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Sets "<format>: <strerror>" in G_IO_ERROR. @errnum: an errno value, positive or negative. */
void wl_io_set_errno(GError **error, int errnum, const char *format, ...) G_GNUC_PRINTF(3, 4);
