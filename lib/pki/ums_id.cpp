#include "umsadm/pki/ums_id.hpp"

#include "lib/pki/request_rules.hpp"

namespace umsadm {
namespace {

// Some name has to be there: a certificate without a subject is read by few. It says what this is and not whose.
constexpr const char* k_common_name = "UMS ID";

UtcTime after_years(UtcTime time, int years) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    year_month_day date = year_month_day(day) + std::chrono::years(years);
    if (!date.ok()) date = date.year() / date.month() / last;  // 29 February
    return sys_days(date) + (time - day);
}

}  // namespace

Issued issue_ums_id(UtcTime now) {
    // An end entity without hosts: an identity, and no CA that could sign others.
    CertificateTemplate wanted;
    wanted.subject.common_name = k_common_name;
    wanted.not_before = now - k_back_dating;
    wanted.not_after = after_years(now, k_ums_id_years);
    PrivateKey key = PrivateKey::generate(KeySpec::parse("rsa:4096"));
    Certificate certificate = issue_self_signed(wanted, key);
    check_result(certificate, wanted, key.public_key_der(), certificate);
    return {std::move(certificate), std::move(key)};
}

}  // namespace umsadm
