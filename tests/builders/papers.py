"""Documents with everything on them; each test changes what it is about."""

import io
import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from PIL import Image, ImageDraw
from pypdf import PdfReader

from enroll.documents.papers import (
    AdmissionTicket,
    CertificateRecord,
    CourseHours,
    ExamConfirmation,
    OnlinePart,
    PartOutcome,
    ProofOfHours,
    SeatedPart,
)
from enroll.foundation.words import Bilingual

DATED = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
RESIDENT_ID = Bilingual("居民身份证", "Resident ID card")
CAIP = Bilingual("人工智能职场应用师（CAIP）")
PARTNER = {
    "partner_name": "示例AI研习社（授权合作机构）", "partner_code": "TX01", "demo": True,
    "verify_url": "https://enroll.example.org/verify/k3v9q2m7x4t8w1z6p5r0",
}
RULES = (
    "凭本准考证和与报名一致的有效身份证件原件入场，两者缺一不可；电子照片、复印件不能代替。",
    "开考前 40 分钟开始入场，开考 15 分钟后不得入场；开考 30 分钟后方可交卷离场。",
    "对号入座，准考证和证件放在桌面左上角，以备核对。",
    "手机、智能手表、耳机等电子设备关机后放到指定位置，随身携带的按违纪处理。",
    "实践考核在考点电脑上完成；离场前请确认作品已上传，并看到上传成功的提示。",
    "准考证正反两面均不得书写。遗失可登录系统重新打印，以最新版本为准。",
)


def words_of(pdf: bytes) -> str:
    """All text, without the spaces that extraction puts between Chinese and digits."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


@cache
def a_photo(width: int = 295, height: int = 413) -> bytes:
    """A drawn head and shoulders on white."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((width * 0.1, height * 0.68, width * 0.9, height * 1.5), fill="#2c3b57")
    pen.rectangle((width * 0.43, height * 0.55, width * 0.57, height * 0.75), fill="#e0b394")
    pen.ellipse((width * 0.29, height * 0.16, width * 0.71, height * 0.66), fill="#efc7a8")
    pen.chord((width * 0.27, height * 0.12, width * 0.73, height * 0.6), 180, 360, fill="#2a211e")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def a_proof(courses: int = 10, **changes: Any) -> ProofOfHours:
    titles = ("人工智能通识", "信息搜集与整理", "AI 文档写作", "数据分析入门", "数字人制作", "智能体制作",
              "职场办公场景", "客户关系管理场景", "提示词与核对方法", "合规、版权与内容标识")
    rows = tuple(
        CourseHours(f"G{place + 1}", titles[place % 10], "通用部分" if place < 7 else "专业方向", (90, 72))
        for place in range(courses)
    )
    facts: dict[str, Any] = {
        "number": "P2611-0042", "name": "李𬱖", "document_type": RESIDENT_ID, "document_number": "110***********1013",
        "programme": CAIP, "studied_from": date(2026, 9, 1), "studied_until": date(2026, 11, 20),
        "hour_unit_minutes": 45, "required_hours": 35,
        "shares": (Bilingual("在线学习", "Online"), Bilingual("实践", "Practice")),
        "courses": rows, "total_minutes": 162 * courses, "issued_on": date(2026, 11, 22),
        "digest": "9f86d081884c7d65" * 4,
    }
    return ProofOfHours(**(PARTNER | facts | changes))


def a_seated_part(part: Bilingual, hour: int, **changes: Any) -> SeatedPart:
    facts: dict[str, Any] = {
        "starts_at": datetime(2027, 1, 16, hour - 8, 30, tzinfo=UTC),
        "ends_at": datetime(2027, 1, 16, hour - 6, 30, tzinfo=UTC),
        "report_at": datetime(2027, 1, 16, hour - 8, 10, tzinfo=UTC),
        "site_name": "北京示范考点（虚构）", "site_address": "北京市示例区学院示例路1号示例楼3层",
        "site_telephone": "010-0000 0000",
        "room": "301", "seat": "17",
    }
    return SeatedPart(part, **(facts | changes))


def a_ticket(**changes: Any) -> AdmissionTicket:
    facts: dict[str, Any] = {
        "number": "T2701-BJ01-0017", "version": 1, "name": "阿依努尔·买买提江", "sex": Bilingual("女", "Female"),
        "document_type": RESIDENT_ID, "document_number": "110199199003121021",
        "programme": CAIP,
        "window": "2027年1月考试（202701期）", "photo": a_photo(), "rules": RULES,
        "issued_at": datetime(2027, 1, 11, 1, 0, tzinfo=UTC), "code": "https://enroll.example.org/t/8d2k5v7x1q9m3z6w",
        "parts": (a_seated_part(Bilingual("理论考试", "Theory exam"), 9),
                  a_seated_part(Bilingual("实践考核", "Practical assessment"), 14)),
    }
    return AdmissionTicket(**(PARTNER | facts | changes))


def a_confirmation(**changes: Any) -> ExamConfirmation:
    opens, closes = datetime(2027, 1, 15, 16, tzinfo=UTC), datetime(2027, 1, 22, 16, tzinfo=UTC)
    facts: dict[str, Any] = {
        "number": "B2701-0311", "version": 2, "name": "MARIA FERNANDA DE LA CRUZ SANTOS",
        "document_type": Bilingual("护照", "Passport"), "document_number": "P*****56", "programme": CAIP,
        "window": "2027年1月考试（202701期）", "issued_at": datetime(2027, 1, 11, 1, 0, tzinfo=UTC),
        "parts": (
            OnlinePart(Bilingual("理论考试", "Theory exam"), opens, closes, 120, "caip-0311", "https://exam.example.org/"),
            OnlinePart(Bilingual("实践考核", "Practical assessment"), opens, closes, 120),
        ),
        "rules": ("全程开启摄像头，本人单独在场，证件放在手边。",
                  "断电断网后请尽快重新登录：已答内容保留，时间继续计算。",
                  "请提前在同一台电脑上完成设备检测和模拟考试。"),
    }
    return ExamConfirmation(**(PARTNER | facts | changes))


def a_record(**changes: Any) -> CertificateRecord:
    facts: dict[str, Any] = {
        "reference": "C2609-0031", "number": "CAIP-202609-TX01-00031-7", "name": "李𬱖", "document_type": RESIDENT_ID,
        "document_number": "110***********1013", "programme": CAIP, "direction": Bilingual("职场办公与数据分析"),
        "issuing_bodies": ("中经数（北京）数据应用技术研究院", "中国信息协会市场研究业分会"),
        "issued_on": date(2026, 11, 18), "recorded_on": date(2026, 11, 20),
        "parts": (PartOutcome(Bilingual("理论考试", "Theory exam"), "202609期", Bilingual("合格", "Pass")),
                  PartOutcome(Bilingual("实践考核", "Practical assessment"), "202609期", Bilingual("合格", "Pass"))),
    }
    return CertificateRecord(**(PARTNER | facts | changes))
