/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Errors of src/link: the domain WL_LINK_ERROR, and two functions that turn an errno value into a
 * GError with a sentence of its own. Stateless; messages are English and not translated.
 */
#include "wl-link-error.h"

#include <errno.h>

G_DEFINE_QUARK(wl - link - error - quark, wl_link_error)

/* Where users find out what refused a call that root may make. */
static const char *
remedy_of(int errnum)
{
    return errnum == EPERM || errnum == EACCES
               ? "; a missing capability or a security policy refuses it, see \"journalctl -k\" and "
                 "\"ausearch -m avc\""
               : "";
}

void
wl_link_set_errno(GError **error, int errnum, const char *format, ...)
{
    g_autofree char *what = NULL;
    WlLinkError code = WL_LINK_ERROR_FAILED;
    va_list arguments;

    errnum = ABS(errnum);
    if (errnum == ENODEV || errnum == ENXIO)
        code = WL_LINK_ERROR_GONE;
    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, WL_LINK_ERROR, code, "%s: %s%s", what, g_strerror(errnum),
                remedy_of(errnum));
}

void
wl_io_set_errno(GError **error, int errnum, const char *format, ...)
{
    g_autofree char *what = NULL;
    va_list arguments;

    errnum = ABS(errnum);
    va_start(arguments, format);
    what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errnum), "%s: %s%s", what,
                g_strerror(errnum), remedy_of(errnum));
}
