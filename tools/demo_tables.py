# SPDX-License-Identifier: Apache-2.0
"""The demo company as tables for make_demo.py: people, jobs, places, and the history of each application.

Every person and company is fictitious. Mail addresses are under example.com and its sisters; mobile numbers begin with
120, which no Chinese mobile number does, or lie in ranges that regulators keep for fiction (US 555-01xx, UK 7700 900xxx).
"""

# user_id, name, English name, mail, job title (zh / en), city, gender, leader, level
USERS = [
    ('4c87bec3', '周雨桐', 'Yutong Zhou', 'yutong.zhou', '招聘负责人 Head of Recruiting', '上海', 2, None, 'm2'),
    ('9f21a7d4', '陈思远', 'Siyuan Chen', 'siyuan.chen', '高级招聘专员 Senior Recruiter', '上海', 1, '4c87bec3', 'p3'),
    ('b3e6058c', 'Emma Clarke', 'Emma Clarke', 'emma.clarke', 'Recruiter, APAC', '新加坡', 2, '4c87bec3', 'p2'),
    ('17d9c2fe', '何佳怡', 'Jiayi He', 'jiayi.he', '校园招聘专员 Campus Recruiter', '北京', 2, '4c87bec3', 'p2'),
    ('e04b73a1', '沈国安', 'Guoan Shen', 'guoan.shen', '人力资源总监 HR Director', '上海', 1, None, 'm3'),
    ('62c8f59d', 'Rajesh Iyer', 'Rajesh Iyer', 'rajesh.iyer', 'Compliance and Risk Lead', '新加坡', 1, 'e04b73a1', 'm2'),
    ('a85d1e30', '林致远', 'Zhiyuan Lin', 'zhiyuan.lin', '研发总监 Director of Engineering', '上海', 1, None, 'm3'),
    ('d716b84f', '顾晓楠', 'Xiaonan Gu', 'xiaonan.gu', '后端技术负责人 Backend Tech Lead', '上海', 2, 'a85d1e30', 'm1'),
    ('3fa0926b', '许明哲', 'Mingzhe Xu', 'mingzhe.xu', '前端技术负责人 Frontend Tech Lead', '北京', 1, 'a85d1e30', 'm1'),
    ('c5417ed8', 'Hannah Lindqvist', 'Hannah Lindqvist', 'hannah.lindqvist', 'Staff Data Scientist', '新加坡', 2, 'a85d1e30', 'p4'),
    ('80eb3c96', '彭嘉树', 'Jiashu Peng', 'jiashu.peng', '产品总监 Director of Product', '北京', 1, None, 'm3'),
    ('2b94d6f7', '白若曦', 'Ruoxi Bai', 'ruoxi.bai', '设计负责人 Design Lead', '上海', 2, '80eb3c96', 'm1'),
    ('f63a80c5', 'Daniel Okafor', 'Daniel Okafor', 'daniel.okafor', 'Sales Director, Southeast Asia', '新加坡', 1, None, 'm3'),
    ('5d7e149a', '蒋文博', 'Wenbo Jiang', 'wenbo.jiang', '高级后端工程师 Senior Backend Engineer', '深圳', 1, 'd716b84f', 'p3'),
]

# key, zh, en, order, enabled, description zh / en
JOB_LEVELS = [
    ('p1', '初级', 'Associate', 100, True, '应届或一年以内经验', 'Up to one year of experience'),
    ('p2', '中级', 'Professional', 200, True, '可独立完成工作', 'Works without guidance'),
    ('p3', '高级', 'Senior', 300, True, '可带领小型项目', 'Leads small projects'),
    ('p4', '资深专家', 'Staff', 400, True, '跨团队技术影响力', 'Shapes the work of several teams'),
    ('m1', '主管', 'Team Lead', 500, True, '带领一个小组', 'Leads one team'),
    ('m2', '经理', 'Manager', 600, True, '带领多个小组', 'Leads several teams'),
    ('m3', '总监', 'Director', 700, True, '负责一个职能', 'Responsible for a function'),
    ('x1', '顾问', 'Adviser', 900, False, '已停用', 'No longer used'),
]

CITIES = {  # zh -> city code, en, state code, zh, en, country code, zh, en, district code, zh, en
    '上海': ('CT_125', 'Shanghai', 'ST_25', '上海市', 'Shanghai', 'CN_1', '中国大陆', 'Chinese Mainland',
           'DS_1508', '徐汇区', 'Xuhui District'),
    '北京': ('CT_11', 'Beijing', 'ST_1', '北京市', 'Beijing', 'CN_1', '中国大陆', 'Chinese Mainland',
           'DS_42', '海淀区', 'Haidian District'),
    '深圳': ('CT_128', 'Shenzhen', 'ST_6', '广东省', 'Guangdong', 'CN_1', '中国大陆', 'Chinese Mainland',
           'DS_1622', '南山区', 'Nanshan District'),
    '成都': ('CT_22', 'Chengdu', 'ST_15', '四川省', 'Sichuan', 'CN_1', '中国大陆', 'Chinese Mainland',
           'DS_2071', '高新区', 'Gaoxin District'),
    '新加坡': ('CT_163', 'Singapore', 'ST_163', '新加坡', 'Singapore', 'CN_190', '新加坡', 'Singapore',
            'DS_9001', '中央区', 'Central Region'),
}

# key, city, zh, en, enabled
LOCATIONS = [
    ('sh', '上海', '上海市徐汇区云锦路 100 号青舟大厦', '100 Yunjin Road, Qingzhou Tower, Xuhui District, Shanghai', True),
    ('bj', '北京', '北京市海淀区知春路 60 号 5 层', '5F, 60 Zhichun Road, Haidian District, Beijing', True),
    ('sz', '深圳', '深圳市南山区科苑南路 20 号', '20 Keyuan South Road, Nanshan District, Shenzhen', True),
    ('sg', '新加坡', '新加坡罗敏申路 71 号 12 层', '12F, 71 Robinson Road, Singapore', True),
    ('cd', '成都', '成都市高新区天府大道 300 号（已退租）', '300 Tianfu Avenue, Gaoxin District, Chengdu (left)', False),
]

# location, room name, floor, seats, devices, enabled
ROOMS = [
    ('sh', '黄浦江', '17', 8, ['电话', '白板', '电视'], True),
    ('sh', '苏州河', '17', 4, ['白板'], True),
    ('sh', 'Bund', '18', 12, ['电话', '电视', '摄像头'], True),
    ('bj', '知春', '5', 6, ['电话', '白板'], True),
    ('bj', '未名', '5', 3, ['白板'], True),
    ('sg', 'Merlion', '12', 6, ['Phone', 'Screen', 'Camera'], True),
    ('sz', '深南', '9', 6, ['电话'], False),
]
BUILDINGS = {'sh': '青舟大厦', 'bj': '知春大厦', 'sz': '科苑大厦', 'sg': 'Robinson 71'}

# process -> zh, en, type, stages (key, zh, en, type)
PROCESSES = {
    'social': ('社招流程', 'Experienced hire process', 1, [
        ('screen', '简历筛选', 'Resume screening', 1), ('review', '业务评估', 'Hiring team review', 2),
        ('first', '初试', 'First interview', 4), ('second', '复试', 'Second interview', 4),
        ('final', '终试', 'Final interview', 4), ('check', '背景调查', 'Background check', 8),
        ('offer', 'Offer 沟通', 'Offer', 5), ('hired', '待入职', 'To be onboarded', 6),
        ('onboard', '已入职', 'Onboarded', 7)]),
    'campus': ('校招流程', 'Campus process', 2, [
        ('screen', '简历筛选', 'Resume screening', 1), ('test', '在线笔试', 'Online test', 3),
        ('first', '专业面试', 'Technical interview', 4), ('second', '综合面试', 'General interview', 4),
        ('offer', '发放 Offer', 'Offer', 5), ('hired', '待入职', 'To be onboarded', 6),
        ('onboard', '已入职', 'Onboarded', 7)]),
}

# key, title, process, city, recruiter, interviewers, code, min/max level
JOBS = {
    'backend': ('高级后端开发工程师 Senior Backend Engineer', 'social', '上海', '9f21a7d4',
                ['d716b84f', '5d7e149a', 'a85d1e30', '3fa0926b'], 'A1021', 'p3', 'p4', 3),
    'frontend': ('前端开发工程师 Frontend Engineer', 'social', '北京', '9f21a7d4',
                 ['3fa0926b', 'd716b84f', 'a85d1e30', '2b94d6f7'], 'A1034', 'p2', 'p3', 2),
    'data': ('Data Scientist 数据科学家', 'social', '新加坡', 'b3e6058c',
             ['c5417ed8', 'a85d1e30', '80eb3c96', 'd716b84f'], 'A1047', 'p3', 'p4', 2),
    'product': ('产品经理（企业协作） Product Manager', 'social', '北京', '9f21a7d4',
                ['80eb3c96', '2b94d6f7', 'a85d1e30', 'f63a80c5'], 'A1052', 'p2', 'p3', 1),
    'finance': ('财务经理 Finance Manager', 'social', '上海', '4c87bec3',
                ['e04b73a1', '62c8f59d', '80eb3c96', 'f63a80c5'], 'A1060', 'm1', 'm2', 1),
    'sales': ('Account Executive, Southeast Asia 大客户销售', 'social', '新加坡', 'b3e6058c',
              ['f63a80c5', '80eb3c96', 'e04b73a1', '62c8f59d'], 'A1071', 'p2', 'p3', 4),
    'intern': ('2027 届校招软件工程师 Software Engineer, Graduate 2027', 'campus', '深圳', '17d9c2fe',
               ['5d7e149a', 'd716b84f', '3fa0926b', 'c5417ed8'], 'C2701', 'p1', 'p1', 20),
}

# key, zh, en, shown to the referrer zh / en, type, as evaluation, enabled
REASONS = [
    ('skill', '专业能力不匹配', 'Skills do not match', '与岗位要求不完全匹配', 'Not a match for this role', 1, True, 1),
    ('culture', '团队协作不匹配', 'Working style does not match', '与岗位要求不完全匹配', 'Not a match for this role', 1, True, 1),
    ('check', '背景调查不通过', 'Background check not passed', '流程已结束', 'The process has ended', 1, False, 1),
    ('noshow', '候选人爽约', 'Candidate did not attend', '候选人未参加面试', 'Candidate did not attend', 22, False, 1),
    ('salary', '薪资未达成一致', 'No agreement on salary', '候选人放弃', 'Candidate withdrew', 22, False, 1),
    ('other_offer', '接受其他公司 Offer', 'Took another offer', '候选人放弃', 'Candidate withdrew', 22, False, 1),
    ('closed', '职位关闭', 'Job closed', '职位已关闭', 'The job was closed', 27, False, 1),
    ('old', '重复投递（旧）', 'Duplicate application (old)', '流程已结束', 'The process has ended', 27, False, 2),
]

# key, zh, en, resume_source_type, delivery_type
SOURCES = {
    'referral': ('内推', 'Employee referral', 10000, 1),
    'hunter': ('启程猎头', 'Qicheng Executive Search', 10001, 1),
    'website': ('官网投递', 'Career site', 10002, 2),
    'board': ('招聘网站', 'Job board', 10003, 2),
    'social': ('社交媒体', 'Social media', 10004, 2),
    'campus': ('校园宣讲会', 'Campus talk', 10005, 2),
    'transfer': ('员工转岗', 'Internal transfer', 10008, 1),
    'intern': ('实习生转正', 'Intern made permanent', 10009, 1),
}

# The history of each application: name, English first and last name, mobile code and number, mail, gender, years of
# experience, birth year, job, source, day of 2026 it was created (month, day), stage reached, interviews (conclusions of
# each interview's records), and how it ended: None, or (termination type, reason, note).
# Conclusions: 1 passed, 2 failed, 3 not started, 4 not submitted, 5 did not attend, 6 pending.
APPLICATIONS = [
    ('王梓涵', 'Zihan', 'Wang', '86', '12000000101', 'zihan.wang@example.com', 2, 6, 1994, 'backend', 'referral', (3, 2), 'onboard', [[1], [1, 1]], None),
    ('Oliver Bennett', 'Oliver', 'Bennett', '44', '7700900102', 'oliver.bennett@example.org', 1, 9, 1991, 'data', 'hunter', (4, 7), 'hired', [[1, 1], [1, 2, 1], [1]], None),
    ('赵一鸣', 'Yiming', 'Zhao', '86', '12000000103', 'yiming.zhao@example.com', 1, 5, 1996, 'frontend', 'board', (6, 15), 'offer', [[1, 6], [1, 1, 1]], None),
    ('孙悦', 'Yue', 'Sun', '86', '12000000104', 'yue.sun@example.net', 2, 8, 1992, 'finance', 'hunter', (8, 3), 'check', [[1, 6, 1], [1]], None),
    ('Priya Raman', 'Priya', 'Raman', '65', '80000105', 'priya.raman@example.com', 2, 7, 1993, 'sales', 'social', (9, 1), 'check', [[1, 2], [1, 1]], None),
    ('刘承泽', 'Chengze', 'Liu', '86', '12000000106', 'chengze.liu@example.com', 1, 4, 1997, 'backend', 'website', (9, 14), 'check', [[1, 2, 6], [1, 1, 1, 1]], None),
    ('高远', 'Yuan', 'Gao', '86', '12000000107', 'yuan.gao@example.org', 1, 11, 1988, 'finance', 'board', (5, 11), 'check', [[1], [1, 1]], (1, 'check', '终版背调报告为红灯，经合规复核后终止')),
    ('黄诗雅', 'Shiya', 'Huang', '86', '12000000108', 'shiya.huang@example.com', 2, 3, 1998, 'product', 'referral', (9, 21), 'check', [[6], [1, 1]], None),
    ('Marcus Tan', 'Marcus', 'Tan', '65', '80000109', 'marcus.tan@example.net', 1, 6, 1994, 'sales', 'referral', (10, 5), 'check', [[1]], None),
    ('郑凯文', 'Kevin', 'Zheng', '1', '2025550110', 'kevin.zheng@example.com', 1, 10, 1990, 'data', 'hunter', (10, 8), 'check', [[1, 6, 6, 1]], None),
    ('马思琪', 'Siqi', 'Ma', '86', '12000000111', 'siqi.ma@example.com', 2, 5, 1995, 'backend', 'board', (7, 6), 'check', [[1, 1]], None),
    ('罗子轩', 'Zixuan', 'Luo', '86', '12000000112', 'zixuan.luo@example.org', 1, 7, 1993, 'frontend', 'hunter', (6, 2), 'offer', [[1]], (22, 'other_offer', '候选人接受了其他公司的 Offer')),
    ('梁静', 'Jing', 'Liang', '86', '12000000113', 'jing.liang@example.com', 2, 4, 1997, 'backend', 'website', (10, 12), 'first', [[1, 4]], None),
    ('Sofia Marchetti', 'Sofia', 'Marchetti', '39', '0000000114', 'sofia.marchetti@example.com', 2, 6, 1994, 'product', 'social', (10, 13), 'first', [[1, 1, 4]], None),
    ('韩宇航', 'Yuhang', 'Han', '86', '12000000115', 'yuhang.han@example.net', 1, 3, 1998, 'frontend', 'board', (10, 14), 'first', [[1, 2, 4]], None),
    ('唐婉清', 'Wanqing', 'Tang', '86', '12000000116', 'wanqing.tang@example.com', 2, 5, 1996, 'finance', 'board', (10, 15), 'first', [[1, 1, 2, 4]], None),
    ('冯子墨', 'Zimo', 'Feng', '86', '12000000117', 'zimo.feng@example.com', 1, 2, 1999, 'backend', 'board', (10, 16), 'first', [[2, 4]], None),
    ('James Whitfield', 'James', 'Whitfield', '44', '7700900118', 'james.whitfield@example.com', 1, 8, 1992, 'sales', 'board', (10, 19), 'first', [[2, 2, 4]], None),
    ('董雨晴', 'Yuqing', 'Dong', '86', '12000000119', 'yuqing.dong@example.org', 2, 4, 1997, 'data', 'website', (10, 20), 'first', [[1, 6, 4]], None),
    ('萧景行', 'Jingxing', 'Xiao', '86', '12000000120', 'jingxing.xiao@example.com', 1, 6, 1995, 'product', 'board', (10, 21), 'first', [[2, 6, 4]], None),
    ('程露', 'Lu', 'Cheng', '86', '12000000121', 'lu.cheng@example.com', 2, 3, 1998, 'frontend', 'referral', (10, 22), 'first', [[6, 4]], None),
    ('曹天佑', 'Tianyou', 'Cao', '86', '12000000122', 'tianyou.cao@example.net', 1, 9, 1990, 'backend', 'hunter', (10, 23), 'first', [[1, 2, 6, 4]], None),
    ('Nguyen Minh Chau', 'Minh Chau', 'Nguyen', '84', '000000123', 'chau.nguyen@example.com', 2, 2, 1999, 'data', 'board', (7, 20), 'first', [[2]], (1, 'skill', 'SQL and statistics below the level of the role')),
    ('袁浩然', 'Haoran', 'Yuan', '86', '12000000124', 'haoran.yuan@example.com', 1, 0, 2004, 'intern', 'campus', (9, 8), 'first', [[2, 2]], (1, 'skill', '算法与系统基础较弱')),
    ('邓可欣', 'Kexin', 'Deng', '86', '12000000125', 'kexin.deng@example.com', 2, 0, 2004, 'intern', 'campus', (9, 9), 'first', [[5, 5]], (22, 'noshow', '两次联系未接通')),
    ('任思博', 'Sibo', 'Ren', '86', '12000000126', 'sibo.ren@example.com', 1, 0, 2005, 'intern', 'campus', (10, 9), 'first', [[5], [4]], None),
    ('Aisha Rahman', 'Aisha', 'Rahman', '65', '80000127', 'aisha.rahman@example.org', 2, 5, 1995, 'sales', 'social', (10, 26), 'second', [[2, 6], [3, 3, 3]], None),
    ('田小北', 'Xiaobei', 'Tian', '86', '12000000128', 'xiaobei.tian@example.com', 1, 0, 2005, 'intern', 'campus', (10, 27), 'first', [[3, 3]], None),
    ('石磊', 'Lei', 'Shi', '86', '12000000129', 'lei.shi@example.com', 1, 4, 1997, 'backend', 'board', (11, 2), 'first', [[4, 4, 4]], None),
    ('叶知秋', 'Zhiqiu', 'Ye', '86', '12000000130', 'zhiqiu.ye@example.com', 2, 6, 1994, 'product', 'website', (11, 9), 'screen', [], None),
]

# Talents who were imported from the former recruiting system only.
FORMER_TALENTS = [
    ('吴昊', 'hao.wu'), ('范雪', 'xue.fan'), ('Lucas Meyer', 'lucas.meyer'), ('余晓彤', 'xiaotong.yu'), ('方正', 'zheng.fang'),
    ('Grace Lim', 'grace.lim'), ('江一帆', 'yifan.jiang'), ('崔敏', 'min.cui'), ('Tomas Novak', 'tomas.novak'),
    ('汪海洋', 'haiyang.wang'), ('苏念', 'nian.su'), ('丁力', 'li.ding'),
]

CONTENT = {  # by conclusion: what an interviewer wrote, and the score option's level
    1: [('项目经验扎实，系统设计思路清晰，能说清取舍，推荐进入下一轮。', 4),
        ('Strong fundamentals, clear communication, asked good questions about the team. Recommend to proceed.', 5),
        ('编码题独立完成并主动补充了边界用例，沟通顺畅。', 4),
        ('对业务理解到位，过往业绩真实可追溯，符合岗位要求。', 4),
        ('Solid track record; honest about what did not work. A clear yes.', 5)],
    2: [('基础知识有明显欠缺，编码题未完成，与职级要求有差距。', 2),
        ('Could not explain the design of the system described in the resume. Not for this level.', 1),
        ('沟通较被动，对岗位职责理解有偏差，不建议录用。', 2)],
    6: [('能力达标，但稳定性存疑，建议与其他候选人对比后再定。', 3),
        ('Good skills, unsure about the fit with the team; would like a second opinion.', 3)],
    5: [('候选人未到场，电话未接通。', None), ('Candidate did not join the meeting within 20 minutes.', None)],
}

REMARKS = ['请携带作品集', 'Please join five minutes early to test the audio.', '候选人希望安排在下午', '需要代码考核环境',
           '面试官请提前阅读简历附件', 'Candidate joins from another time zone.', '到前台登记后由 HR 带入会议室']

TIME_ZONES = {
    'CN': ('UTC+08:00', '亚洲/上海', 'Asia/Shanghai'), 'SG': ('UTC+08:00', '亚洲/新加坡', 'Asia/Singapore'),
    'UK': ('UTC+00:00', '欧洲/伦敦', 'Europe/London'), 'US': ('UTC-05:00', '美洲/纽约', 'America/New_York'),
    'IT': ('UTC+01:00', '欧洲/罗马', 'Europe/Rome'), 'VN': ('UTC+07:00', '亚洲/胡志明市', 'Asia/Ho_Chi_Minh'),
}
ZONE_OF_CODE = {'86': 'CN', '65': 'SG', '44': 'UK', '1': 'US', '39': 'IT', '84': 'VN'}

# key, zh, en, account_third_type
VENDORS = {
    'clear': ('澄观背景调查', 'Clearview Screening', 127),
    'global': ('环宇雇前核查', 'Huanyu Global Checks', 127),
    'ibei': ('i背调', 'iBeiDiao', 2),
}

EXT_ITEMS = {  # the vendors' own ids
    'hukou': ('ext001', '户籍查询'), 'degree': ('ext002', '学历认证'), 'compete': ('ext003', '竞业限制核查'),
    'credit': ('ext004', '个人信用记录'), 'overseas': ('intl-edu', 'Overseas degree verification'),
}

# key, type, zh, en, required, description zh / en, options, example values
FIELDS = {
    'clear': [
        ('position_level', 'text', '拟录用职级', 'Proposed level', True, '例如 P3', 'For example P3', None),
        ('employment_note', 'textarea', '需核实的工作经历', 'Employment to verify', False,
         '列出公司、时间与证明人', 'Companies, dates and referees', None),
        ('referee_count', 'number', '证明人数量', 'Number of referees', True, '', '', None),
        ('is_authorized', 'boolean', '候选人是否已书面授权', 'Candidate has authorised in writing', True, '', '', None),
        ('highest_degree', 'select', '最高学历', 'Highest degree', True, '', '',
         [('bachelor', '本科', 'Bachelor'), ('master', '硕士', 'Master'), ('doctor', '博士', 'Doctor')]),
        ('check_scope', 'multiselect', '核查范围', 'Scope of the check', False, '可多选', 'Choose any',
         [('identity', '身份', 'Identity'), ('education', '学历', 'Education'), ('employment', '履历', 'Employment'),
          ('court', '涉诉', 'Court records')]),
        ('expected_onboard', 'date', '预计入职日期', 'Expected onboarding date', False, '', '', None),
        ('authorization_file', 'file', '授权书', 'Letter of authorisation', True, '上传签字扫描件', 'A signed scan', None),
        ('candidate_resume', 'resume', '候选人简历', 'Resume of the candidate', False, '', '', None),
    ],
    'global': [
        ('passport_country', 'text', '护照签发国', 'Passport issued by', True, '', 'Country name', None),
        ('regions', 'multiselect', '核查地区', 'Regions to cover', True, '', '',
         [('uk', '英国', 'United Kingdom'), ('sg', '新加坡', 'Singapore'), ('us', '美国', 'United States')]),
    ],
    'ibei': [('note', 'textarea', '补充说明', 'Further notes', False, '最多 200 字', 'Up to 200 characters', None)],
}

STAGES = {
    'clear': [('已接单', 'Order accepted'), ('候选人已授权', 'Candidate authorised'), ('学历核实完成', 'Education verified'),
              ('工作履历核实中', 'Employment being verified'), ('报告撰写中', 'Report being written')],
    'global': [('订单已受理', 'Order received'), ('身份核查完成', 'Identity verified'), ('海外履历核查中', 'Overseas employment in progress')],
    'ibei': [('待候选人授权', 'Waiting for authorisation'), ('核实中', 'In progress')],
}

# The orders: application (1-based), vendor or None when recorded by hand, status, package, days from the last interview,
# stages pushed, reports as (type, result, name), add-on items, keys of the filled fields, geo, remark.
ORDERS = [
    (1, 'clear', 3, '标准版', 2, 5, [(1, '绿灯', '王梓涵-阶段性报告'), (2, '绿灯', '王梓涵-背景调查报告')], ['degree', 'hukou'], 9, 'cn', '核心岗位，请核实最近三段经历'),
    (2, 'global', 3, 'Global Standard', 3, 3, [(1, 'In progress: 2 of 4 checks completed', 'Interim report - Oliver Bennett'), (2, '黄灯', 'Final report - Oliver Bennett')], ['overseas'], 2, 'sg', 'Please contact referees in the UK after 09:00 local time'),
    (3, None, 3, '候选人自带背调报告', 4, 0, [(2, '信息属实，建议录用', '赵一鸣-自带报告')], [], 0, 'cn', None),
    (7, None, 3, '合规部复核', 3, 0, [(2, '红灯', '高远-复核报告')], [], 0, None, '前雇主确认离职原因与简历不符'),
    (11, 'clear', 5, '高管版', 100, 0, [], ['compete', 'credit'], 9, 'cn', '候选人已重新授权，重新发起'),
    (11, 'clear', 4, '基础版', 2, 1, [], [], 3, 'cn', '候选人尚未授权，先行终止'),
    (4, 'clear', 2, '标准版', 3, 4, [(1, '蓝灯', '孙悦-阶段性报告')], ['credit'], 9, 'cn', '财务岗位，需核实信用记录'),
    (5, 'global', 2, 'Global Standard', 3, 2, [(1, None, 'Identity verification - Priya Raman')], [], 2, 'sg', None),
    (6, 'clear', 5, '标准版', 2, 5, [(1, '基本信息核实无误', '刘承泽-阶段性报告'), (2, '绿灯', '刘承泽-背景调查报告')], ['degree'], 6, 'cn', None),
    (8, 'clear', 6, '基础版', 2, 0, [], [], 4, 'cn', '业务部门决定暂缓'),
    (9, 'clear', 8, '标准版', 2, 0, [], ['degree', 'overseas'], 7, 'sg', 'Start as soon as the candidate has signed'),
    (10, 'ibei', 9, '专业版', 2, 2, [(1, '黄灯', '郑凯文-阶段性报告'), (2, '黄灯', '郑凯文-终版报告')], ['overseas'], 1, 'us', '报告缺少海外学历核实，已退回'),
]

EXTERNAL_TITLES = ['Java 开发工程师', '测试工程师', 'Marketing Manager', '产品运营', 'Customer Success Manager', '算法工程师', '法务专员']
EXTERNAL_SOURCES = ['拉勾网', 'LinkedIn', '内推', '猎头推荐', '官网', 'JobStreet']
EXTERNAL_STAGES = ['简历初筛', '一面', '二面', 'HR 面', 'Offer', 'Phone screen', 'Onsite']
EXTERNAL_RESULTS = ['已通过', '绿灯', '未通过', 'Passed', '红灯', '基本信息核实无误，一段履历无法联系到证明人', '黄灯', '蓝灯']
