/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The findings of the doctor, in the order in which its checks add them, and their owner. Checks
 * write only through wl_doctor_add(); the command prints the findings.
 */
#include "wl-doctor.h"

static void
check_free(WlCheck *check)
{
    g_free(check->message);
    g_free(check->remedy);
    g_free(check);
}

WlDoctor *
wl_doctor_new(void)
{
    WlDoctor *self = g_new0(WlDoctor, 1);

    self->checks = g_ptr_array_new_with_free_func((GDestroyNotify) check_free);
    return self;
}

void
wl_doctor_free(WlDoctor *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->checks);
    g_free(self);
}

void
wl_doctor_add(WlDoctor *self, const char *name, WlCheckResult result, const char *remedy,
              const char *format, ...)
{
    WlCheck *check = g_new0(WlCheck, 1);
    va_list arguments;

    check->name = name;
    check->result = result;
    check->remedy = g_strdup(remedy);
    va_start(arguments, format);
    check->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(self->checks, check);
}
