/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl refresh: has services advertise all facts and retry all candidate addresses. */
#include <stdio.h>

#include "wl-change-call.h"
#include "wl-command.h"
#include "wl-json.h"
#include "wl-print.h"

static void
print_refreshed(const WlActiveProfiles *profiles, const GPtrArray *calls)
{
    JsonObject *object = json_object_new();
    JsonArray *refreshed = json_array_new();

    for (guint i = 0; i < calls->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(profiles->profiles, i);
        const WlCall *call = g_ptr_array_index(calls, i);

        if (call->reply)
            json_array_add_string_element(refreshed, wl_property_string(profile->link, "Id"));
    }
    json_object_set_array_member(object, "refreshed", refreshed);
    wl_json_add_problems(object, profiles);
    wl_print_json(object, TRUE);
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) wl_call_free);
    const GPtrArray *profiles = request->profiles->profiles;
    GPtrArray *problems = request->profiles->problems;
    guint done = 0;

    for (guint i = 0; i < profiles->len; i++)
        g_ptr_array_add(calls, wl_change_call_new(g_ptr_array_index(profiles, i), "Refresh", NULL));
    wl_call_all(request->bus, calls, NULL);
    for (guint i = 0; i < profiles->len; i++) {
        const WlActiveProfile *profile = g_ptr_array_index(profiles, i);
        g_autofree char *label = wl_active_profile_label(profile);
        GError *failure = wl_change_call_get_error(profile, g_ptr_array_index(calls, i));

        done += !failure;
        if (failure)
            g_ptr_array_add(problems, failure);
        else if (!request->json)
            printf("%s: sent all facts again and retried all addresses\n", label);
    }
    if (request->json && done == 0)
        return wl_exit_error(TRUE, g_ptr_array_index(problems, problems->len - 1));
    if (request->json)
        print_refreshed(request->profiles, calls);
    return wl_active_profiles_finish(request->profiles, request->json);
}

const WlCommand wl_command_refresh = {
    .name = "refresh",
    .operands = "[PROFILE]",
    .summary = "send all facts to all members and retry all addresses now",
    .wants = WL_WANTS_PROFILE,
    .json = TRUE,
    .run = run,
};
