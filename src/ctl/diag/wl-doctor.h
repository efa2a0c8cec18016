/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <glib.h>

typedef enum {
    WL_CHECK_OK,
    WL_CHECK_WARN,
    WL_CHECK_FAIL,
} WlCheckResult;

typedef struct {
    const char *name; /* for programs; static */
    WlCheckResult result;
    char *message; /* safe to print */
    char *remedy;  /* one sentence, or NULL if nothing is wrong */
} WlCheck;

/** The findings of the doctor. */
typedef struct {
    GPtrArray *checks; /* of WlCheck */
} WlDoctor;

WlDoctor *wl_doctor_new(void);
void wl_doctor_free(WlDoctor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDoctor, wl_doctor_free)

/** Adds a finding. @name is static, @remedy may be NULL; the message must be safe to print. */
void wl_doctor_add(WlDoctor *self, const char *name, WlCheckResult result, const char *remedy,
                   const char *format, ...) G_GNUC_PRINTF(5, 6);
