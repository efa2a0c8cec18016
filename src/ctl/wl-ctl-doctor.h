/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-ctl-profiles.h"

typedef enum {
    WL_CHECK_OK,
    WL_CHECK_WARN,
    WL_CHECK_FAIL,
} WlCheckResult;

typedef struct {
    const char *name; /* for programs */
    WlCheckResult result;
    char *message; /* safe to print */
    char *remedy;  /* one sentence, or NULL where all is well */
} WlCheck;

/** What the doctor has found so far. */
typedef struct {
    GPtrArray *checks; /* of WlCheck */
} WlDoctor;

WlDoctor *wl_doctor_new(void);
void wl_doctor_free(WlDoctor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlDoctor, wl_doctor_free)

/** @remedy may be NULL. */
void wl_doctor_add(WlDoctor *self, const char *name, WlCheckResult result, const char *remedy,
                   const char *format, ...) G_GNUC_PRINTF(5, 6);

/** This machine: WireGuard, the plugin's files, the clock, IPv6. */
void wl_doctor_check_host(WlDoctor *self);
/** NetworkManager on the system bus, and firewalls. */
void wl_doctor_check_manager(WlDoctor *self, GDBusConnection *bus);

/** Whether the firewall lets a router pass on what comes in by its link; root sees it. */
void wl_doctor_check_forwarding(WlDoctor *self, const char *label, const char *interface);

/** A profile as NetworkManager has it. */
typedef struct {
    char *id, *uuid;
    guint listen_port, fact_port; /* 0: not set */
    gboolean persistent;
    gboolean activated; /* NetworkManager says so */
} WlDoctorProfile;

void wl_doctor_profile_free(WlDoctorProfile *profile);
/** The wirelink profiles that NetworkManager lets the caller see, of WlDoctorProfile, by name. */
GPtrArray *wl_doctor_list_profiles(GDBusConnection *bus);

/** A profile: @stored or @active, or both, are there. @denied: some services may not be seen. */
void wl_doctor_check_profile(WlDoctor *self, const WlDoctorProfile *stored,
                             const WlCtlProfile *active, gboolean denied);
