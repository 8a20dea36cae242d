#include "umsadm/jobs/sync_ums_id.hpp"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "umsadm/base/text.hpp"

namespace umsadm {
namespace {

constexpr std::string_view k_give_key =
    "restore it from a backup with \"umsadm id restore\", or read it from a server with \"umsadm id adopt\"";

bool is_selected(const SyncRequest& request, const SyncServer& server) {
    return request.only.empty() ||
           std::find(request.only.begin(), request.only.end(), server.name) != request.only.end();
}

std::vector<SyncServer> selected_servers(const SyncRequest& request, const std::vector<SyncServer>& servers) {
    for (const std::string& name : request.only) {
        const auto is_called = [&](const SyncServer& server) { return server.name == name; };
        if (std::none_of(servers.begin(), servers.end(), is_called)) {
            throw Error(Code::not_found, fmt::format("there is no server {}", in_quotes(name)),
                        "run \"umsadm server list\" to see all names");
        }
    }
    std::vector<SyncServer> selected;
    std::copy_if(servers.begin(), servers.end(), std::back_inserter(selected),
                 [&](const SyncServer& server) { return is_selected(request, server); });
    std::sort(selected.begin(), selected.end(), [](const SyncServer& a, const SyncServer& b) {
        return std::tuple(!a.is_main, a.name) < std::tuple(!b.is_main, b.name);
    });
    return selected;
}

bool has_main_ums_id(const SyncRequest& request, const SyncServer& server) {
    return server.seen && server.seen->fingerprint == request.main.certificate.fingerprint();
}

SyncItem item_of(const SyncRequest& request, const SyncServer& server) {
    if (!server.seen) return {server.name, SyncAction::unknown, std::nullopt};
    const auto action = [&] {
        if (!has_main_ums_id(request, server)) return SyncAction::replace;
        if (!server.seen->restart_pending) return SyncAction::none;
        return request.restart ? SyncAction::restart : SyncAction::restart_by_hand;
    };
    return {server.name, action(), server.seen->fingerprint};
}

const SyncServer& main_server(const std::vector<SyncServer>& servers) {
    const auto found = std::find_if(servers.begin(), servers.end(), [](const SyncServer& one) { return one.is_main; });
    if (found != servers.end()) return *found;
    throw Error(Code::refused, "none of the servers is the main server",
                "name it with \"umsadm server edit NAME --main\"");
}

// A site that does not know the UMS ID of the main server would overwrite that of a whole UMS.
void check_main_server(const SyncRequest& request, const SyncServer& main, bool replaces_others) {
    const auto refuse = [&](Code code, std::string_view why, std::string hint) {
        throw Error(code, fmt::format("the main server {} {}", in_quotes(main.name), why), std::move(hint));
    };
    if (!main.seen) {
        if (!replaces_others) return;
        refuse(Code::unreachable, "could not be asked, so nobody knows whether the UMS ID of the site is still right",
               "see \"umsadm server check\"; nothing was changed");
    }
    if (has_main_ums_id(request, main)) return;
    if (!main.seen->fingerprint) {
        if (!replaces_others || is_selected(request, main)) return;
        refuse(Code::refused, "has no UMS ID", "give it the one of the site first, or in the same run");
    }
    if (request.replace_main == main.seen->fingerprint) return;
    const std::string has = main.seen->fingerprint->to_string();
    refuse(Code::refused, fmt::format("has another UMS ID than the site: {}", has),
           fmt::format("if the server is right, run \"umsadm id adopt {}\"; if the site is right, add "
                       "--replace-main {}",
                       main.name, has));
}

void check_registered(const SyncRequest& request, const SyncPlan& plan) {
    if (request.force || !request.registered) return;
    for (const SyncItem& item : plan.items) {
        if (item.action != SyncAction::replace || item.old_fingerprint != request.registered) continue;
        throw Error(Code::refused,
                    fmt::format("the server {} has the UMS ID that is registered in the license portal: {}",
                                in_quotes(item.server), request.registered->to_string()),
                    "licenses are no longer deployed automatically when it is replaced; to do it all the same, add "
                    "--force, and register the new one afterwards");
    }
}

// The site's key serves everybody but a server whose program takes only backups of its own format.
SyncSource site_or_main(const SyncRequest& request, const SyncServer& main) {
    if (request.main.key) return SyncSource::site;
    if (has_main_ums_id(request, main)) return SyncSource::main_server;
    throw Error(Code::refused,
                "the site has the Main UMS ID without its private key, and the main server does not have it",
                std::string(k_give_key));
}

void choose_sources(SyncPlan& plan, const SyncRequest& request, const std::vector<SyncServer>& selected,
                    const SyncServer& main) {
    const auto replaces = [&](UmsIdStoreKind store) {
        for (std::size_t i = 0; i < selected.size(); ++i) {
            if (selected[i].store == store && plan.items[i].action == SyncAction::replace) return true;
        }
        return false;
    };
    if (replaces(UmsIdStoreKind::umsadmin_cli)) {
        const bool has_own_backup = main.store == UmsIdStoreKind::umsadmin_cli && has_main_ums_id(request, main);
        plan.source_for_cli = has_own_backup ? SyncSource::main_server : site_or_main(request, main);
    }
    if (replaces(UmsIdStoreKind::file)) plan.source_for_file = site_or_main(request, main);
}

}  // namespace

bool SyncPlan::changes_anything() const noexcept {
    return std::any_of(items.begin(), items.end(), [](const SyncItem& item) {
        return item.action == SyncAction::replace || item.action == SyncAction::restart;
    });
}

SyncPlan plan_sync(const SyncRequest& request, const std::vector<SyncServer>& servers) {
    const std::vector<SyncServer> selected = selected_servers(request, servers);
    const SyncServer& main = main_server(servers);
    SyncPlan plan;
    for (const SyncServer& server : selected) plan.items.push_back(item_of(request, server));
    const bool replaces_others = std::any_of(plan.items.begin(), plan.items.end(), [&](const SyncItem& item) {
        return item.action == SyncAction::replace && item.server != main.name;
    });
    check_main_server(request, main, replaces_others);
    check_registered(request, plan);
    choose_sources(plan, request, selected, main);
    return plan;
}

}  // namespace umsadm
