#include <array>
#include <string>

#include <fmt/format.h>

#include "umsadm/jobs/ums_id.hpp"

#include "report_elements.hpp"
#include "report_tables.hpp"

namespace umsadm::app {
namespace {

constexpr std::array k_statuses{UmsIdStatus::main, UmsIdStatus::in_sync, UmsIdStatus::restart_needed,
                                UmsIdStatus::unknown};

Look look_of(UmsIdStatus status) noexcept {
    switch (status) {
        case UmsIdStatus::main:
        case UmsIdStatus::in_sync: return Look::good;
        case UmsIdStatus::restart_needed: return Look::warning;
        case UmsIdStatus::unknown: break;
    }
    return Look::unknown;
}

void write_head(HtmlWriter& html) {
    const auto head = [&](const char* name, std::string_view text) {
        html.element("th", {{"scope", "col"}, {"class", name}}, text);
    };
    html.element("tr", {}, [&] {
        head("", "Server");
        head("", "Service");
        for (const UmsIdStatus status : k_statuses) head("mark", ums_id_status_text(status));
        head("", "UMS ID");
        head("", "Seen");
    });
}

void write_row(HtmlWriter& html, const ServerStatus& server) {
    html.element("th", {{"scope", "row"}}, [&] {
        html.foreign(server.name);
        html.text(" ");
        html.element("small", {}, [&] { html.foreign(server.host); });
    });
    html.element("td", {{"data-label", "Service"}}, [&] {
        if (server.running) {
            write_state(html, *server.running ? Look::good : Look::warning, server_status_text(*server.running));
        } else {
            write_state(html, Look::unknown, "never asked");
        }
    });
    for (const UmsIdStatus status : k_statuses) {
        const bool here = server.ums_id == status;
        html.element("td",
                     {{"class", here ? "mark here" : "mark"}, {"data-label", std::string(ums_id_status_text(status))}},
                     [&] {
                         if (!here) return;
                         write_shape(html, look_of(status));
                         write_unseen(html, "yes");
                     });
    }
    html.element("td", {{"data-label", "UMS ID"}}, [&] {
        const std::string name = server.fingerprint ? server.fingerprint->to_string() : "";
        write_certificate(html, name, server.fingerprint);
    });
    html.element("td", {{"data-label", "Seen"}}, [&] {
        if (server.time) {
            write_time(html, *server.time);
        } else {
            html.text("never");
        }
    });
}

void write_main(HtmlWriter& html, const SiteStatus& status) {
    if (!status.main_ums_id) {
        html.element("p", {{"class", "nothing"}}, "The site knows no Main UMS ID: nobody can say who is in sync.");
        return;
    }
    const UtcTime end = status.main_ums_id->not_after();
    html.element("p", {}, [&] {
        html.text("The Main UMS ID is ");
        html.element("code", {}, ums_id_short(*status.main_ums_id));
        html.text(", fingerprint ");
        const Fingerprint& fingerprint = status.main_ums_id->fingerprint();
        write_certificate(html, fingerprint.to_string(), fingerprint);
        html.text(", until ");
        write_date(html, end);
        html.text(fmt::format(" ({})", days_in_words(end, status.time)));
        if (status.main_is_registered) {
            html.text(*status.main_is_registered ? "; it is registered in the license portal"
                                                 : "; the license portal has another one");
        }
        html.text(".");
    });
}

}  // namespace

void write_servers(HtmlWriter& html, const SiteStatus& status) {
    if (status.servers.empty()) {
        html.element("p", {{"class", "nothing"}}, "The site has no UMS Server yet.");
        if (status.main_ums_id) write_main(html, status);
        return;
    }
    write_main(html, status);
    html.element("table", {{"class", "cards matrix"}}, [&] {
        html.element("thead", {}, [&] { write_head(html); });
        html.element("tbody", {}, [&] {
            for (const ServerStatus& server : status.servers) {
                html.element("tr", {}, [&] { write_row(html, server); });
            }
        });
    });
}

}  // namespace umsadm::app
