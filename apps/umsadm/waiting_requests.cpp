#include "waiting_requests.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"
#include "umsadm/crypto/issue.hpp"

#include "local_time.hpp"
#include "text_width.hpp"

namespace umsadm::app {
namespace {

constexpr std::size_t k_least_digits = 8;
constexpr std::size_t k_shown_digits = 16;
constexpr std::size_t k_host_column = 40;

CertificateType type_of(const CertificationRequest& request) noexcept {
    const auto& constraints = request.basic_constraints();
    return constraints && constraints->ca ? CertificateType::intermediate : CertificateType::end_entity;
}

std::string hosts_of(const CertificationRequest& request, std::string_view separator) {
    std::vector<std::string> texts;
    for (const HostName& host : request.hosts()) texts.push_back(host.text());
    return fmt::format("{}", fmt::join(texts, separator));
}

std::string key_in_words(const WaitingRequest& waiting) {
    const std::string kind = waiting.request.key().to_string();
    return kind + (waiting.record.key == StoredKey::encrypted ? ", encrypted" : "");
}

Table request_table(const std::vector<WaitingRequest>& all) {
    constexpr Align k_left = Align::left;
    Table table{{{"NAME"}, {"ID"}, {"ADDED"}, {"TYPE"}, {"HOSTS"}, {"SUBJECT", k_left, For::machines}, {"KEY"}}, {}};
    for (const WaitingRequest& waiting : all) {
        const std::string hosts = hosts_of(waiting.request, " ");
        table.rows.push_back({waiting.record.name,
                              {waiting.record.id.substr(0, k_shown_digits), waiting.record.id},
                              {format_local_date(waiting.record.added), format_utc(waiting.record.added)},
                              std::string(certificate_type_name(type_of(waiting.request))),
                              {shortened(hosts, k_host_column), hosts},
                              waiting.request.subject(),
                              {key_in_words(waiting), waiting.request.key().to_string()}});
    }
    return table;
}

std::string describe(const std::vector<const WaitingRequest*>& found) {
    std::vector<std::string> ids;
    for (const WaitingRequest* const one : found) {
        ids.push_back(fmt::format("{} ({})", one->record.id.substr(0, k_shown_digits), one->record.name));
    }
    return fmt::format("{}", fmt::join(ids, ", "));
}

}  // namespace

std::vector<WaitingRequest> load_waiting_requests(const Site& site) {
    std::vector<WaitingRequest> all;
    for (const RequestFiles& files : load_requests(site)) {
        all.push_back(with_context(fmt::format("reading the request {}", files.record.id), [&] {
            return WaitingRequest{files.record, CertificationRequest::from_pem(files.request_pem)};
        }));
    }
    return all;
}

const WaitingRequest& select_request(const std::vector<WaitingRequest>& all, const std::string& selector) {
    const std::string digits = to_lower(selector);
    const auto fits = [&](const WaitingRequest& one) {
        return one.record.name == selector || (digits.size() >= k_least_digits && one.record.id.starts_with(digits));
    };
    std::vector<const WaitingRequest*> found;
    for (const WaitingRequest& one : all) {
        if (fits(one)) found.push_back(&one);
    }
    if (found.empty()) {
        throw Error(Code::not_found, fmt::format("no request {} waits for its answer", in_quotes(selector)),
                    "run \"umsadm cert list --requests\" to see all requests");
    }
    if (found.size() > 1) {
        throw Error(Code::ambiguous, fmt::format("{} fits several requests: {}", in_quotes(selector), describe(found)),
                    "give the ID");
    }
    return *found.front();
}

Json request_json(const WaitingRequest& waiting, const Site& site) {
    std::vector<std::string> hosts;
    for (const HostName& host : waiting.request.hosts()) hosts.push_back(host.typed());
    const auto& constraints = waiting.request.basic_constraints();
    Json json;
    json["id"] = waiting.record.id;
    json["name"] = waiting.record.name;
    json["added"] = format_utc(waiting.record.added);
    json["subject"] = waiting.request.subject();
    json["type"] = certificate_type_name(type_of(waiting.request));
    json["path_length"] = constraints && constraints->path_length ? Json(*constraints->path_length) : Json();
    json["hosts"] = hosts;
    json["key"] = waiting.request.key().to_string();
    json["private_key"] = waiting.record.key == StoredKey::encrypted ? "encrypted" : "plain";
    json["stored_in"] = (site.requests() / waiting.record.id).string();
    return json;
}

void show_request(Output& out, const WaitingRequest& waiting) {
    if (out.options().machine_readable) return out.table(request_table({waiting}));
    std::vector<Detail> details{{"Name", {waiting.record.name, Style::bold}},
                                {"Request", waiting.record.id},
                                {"Type", std::string(certificate_type_name(type_of(waiting.request)))},
                                {"Subject", waiting.request.subject()}};
    if (!waiting.request.hosts().empty()) details.push_back({"Hosts", hosts_of(waiting.request, "; ")});
    details.push_back({"Key", key_in_words(waiting)});
    out.details(details);
}

void list_requests(Context& ctx) {
    const Site site = ctx.open_site();
    const std::vector<WaitingRequest> all = load_waiting_requests(site);
    Json items = Json::array();
    for (const WaitingRequest& waiting : all) items.push_back(request_json(waiting, site));
    ctx.out.result({{"items", std::move(items)}});
    if (all.empty() && ctx.out.for_people()) return ctx.out.note("no request waits for its answer");
    ctx.out.table(request_table(all));
}

}  // namespace umsadm::app
