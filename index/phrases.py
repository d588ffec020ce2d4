"""What buttons, menus and forms of web pages say: whole blocks, case folded, "#" for a number."""


def _phrases(lines: str) -> frozenset[str]:
    return frozenset(phrase.strip() for phrase in lines.replace("\n", "/").split("/")) - {""}


# These mean nothing else, wherever they stand.
ALWAYS = _phrases("""
    back to top / scroll to top / skip to content / skip to main content / skip to navigation
    skip navigation / jump to navigation / jump to content / toggle navigation / toggle menu
    open menu / close menu / main menu / share this article / share this page / share this post
    share on facebook / share on twitter / share on x / share on linkedin / tweet this
    share via email / email this article / print this page / print this article / copy link
    click to share / leave a comment / leave a reply / post a comment / post comment
    add a comment
    cancel reply / write a comment / view all comments / no comments yet / be the first to comment
    your email address will not be published / required fields are marked
    your email address will not be published. required fields are marked
    save my name, email, and website in this browser for the next time i comment
    you must be logged in to post a comment / log in to comment / accept all cookies
    accept cookies
    reject all cookies / manage cookies / cookie settings / cookie preferences
    jump to search / download the ebook / download the e-book / quote this post
    report this post / is this page useful / was this page helpful / was this page useful
    was this article helpful / report a problem with this page
    subscribe to our newsletter / sign up for our newsletter / loading more articles
    본문 바로가기 / 본문으로 바로가기 / 주메뉴 바로가기 / 메뉴 바로가기 / 바로가기 메뉴
    검색창 열기
    전체메뉴 열기 / 전체메뉴 닫기 / 이 기사를 공유합니다 / 댓글쓰기 / 댓글 쓰기 / 댓글삭제
    댓글 삭제
    삭제한 댓글은 다시 복구할 수 없습니다 / 그래도 삭제하시겠습니까 / 기사 스크랩하기
    글자크기 설정
    댓글을 남기실 수 있습니다 / 계정을 선택하시면 로그인·계정인증을 통해 / 맨 위로 / 상단으로 이동
    перейти к содержанию / перейти к основному содержанию / наверх / оставить комментарий
    добавить комментарий / ваш адрес email не будет опубликован / версия для печати
    zum inhalt springen / zum seitenanfang / nach oben / kommentar schreiben
    kommentar hinterlassen
    diesen artikel teilen / seite drucken / cookie-einstellungen / alle cookies akzeptieren
    aller au contenu / aller au contenu principal / haut de page / retour en haut
    laisser un commentaire / partager cet article / imprimer cette page / accepter les cookies
    saltar al contenido / ir al contenido / ir al contenido principal / volver arriba
    deja un comentario / deja una respuesta / compartir este artículo / aceptar cookies
    vai al contenuto / torna su / lascia un commento / pular para o conteúdo / voltar ao topo
    deixe um comentário / ページの先頭へ / ページトップへ / 本文へスキップ / この記事をシェア
    コメントを残す / コメントを投稿 / コメントする / 跳到主要内容 / 跳转到内容 / 返回顶部
    回到顶部
    发表评论 / 發表評論 / 回到頁首
""")

# These mean something else in a document, so they count only around it.
AROUND = _phrases("""
    home / menu / search / log in / login / log out / logout / sign in / sign up / register
    subscribe / share / share this / print / save / bookmark / tweet / like / reply
    facebook / twitter / linkedin / whatsapp / telegram / instagram / youtube / pinterest / reddit
    kakaotalk / kakaostory / naver band / rss / rss feed / newsletter / follow us / advertisement
    sponsored / read more / more / show more / load more / next / previous / prev / next article
    previous article / related articles / related posts / you may also like / most read / trending
    about / about us / contact / contact us / careers / help / faq / sitemap / site map
    privacy policy / privacy / terms of use / terms of service / terms and conditions / imprint
    read next / related / # min read / # minute read / filed under / memberlist
    comment / comments / # comment / # comments / comments # / comment #
    submit / cancel / close / edit / delete / report / all rights reserved / font size
    english / eng / kor / korean / 한국어 / русский / 日本語 / 中文 / deutsch / français / español
    메뉴 / 검색 / 로그인 / 로그아웃 / 회원가입 / 공유 / 공유하기 / 인쇄 / 인쇄하기 / 스크랩 / 목록
    이전글 / 다음글 / 이전 기사 / 다음 기사 / 관련기사 / 구독 / 댓글 / 댓글 # / 좋아요 / 페이스북
    트위터
    카카오톡 / 네이버 / 상태바 / 홈 / 사이트맵 / 개인정보처리방침 / 이용약관 / 닫기 / 저작권자
    меню / поиск / войти / вход / регистрация / поделиться / печать / главная / контакты
    комментарии / комментарии # / подписаться / ответить / читать далее / подробнее
    suche / suchen / anmelden / registrieren / teilen / drucken / startseite / kontakt / impressum
    datenschutz / datenschutzerklärung / kommentare / # kommentare / weiterlesen / weiter / zurück
    rechercher / recherche / connexion / se connecter / partager / imprimer / accueil
    contactez-nous
    mentions légales / commentaires / # commentaires / lire la suite / suivant / précédent
    buscar / iniciar sesión / registrarse / compartir / imprimir / inicio / contacto / comentarios
    # comentarios / aviso legal / leer más / siguiente / anterior / cerca / accedi / condividi
    stampa
    entrar / compartilhar / メニュー / 検索 / ログイン / 会員登録 / シェア / ツイート / 印刷
    ホーム
    お問い合わせ / コメント / コメント # / 菜单 / 搜索 / 登录 / 注册 / 分享 / 打印 / 首页
    联系我们 / 评论
""")
