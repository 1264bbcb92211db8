"""Turkish labels of the RFM segments."""

TEXTS: dict[str, str] = {
    "champions": "Şampiyonlar",
    "loyal_customers": "Sadık Müşteriler",
    "potential_loyalists": "Potansiyel Sadıklar",
    "new_customers": "Yeni Müşteriler",
    "promising": "Umut Vadedenler",
    "need_attention": "İlgi Bekleyenler",
    "about_to_sleep": "Uyumak Üzere Olanlar",
    "cant_lose": "Kaybedilmemesi Gerekenler",
    "at_risk": "Risk Altındakiler",
    "hibernating": "Uykudakiler",
}
